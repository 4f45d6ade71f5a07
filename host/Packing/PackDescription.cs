using System.Text.Json;

namespace Parallax.Host.Packing;

/// <summary>How the images of a packed file are kept.</summary>
internal enum PackForm
{
    /// <summary>The bytes of their files; as pixels where there are none.</summary>
    Original,

    /// <summary>One byte for each pixel and channel.</summary>
    Decoded,
}

/// <summary>What a packed file holds beside its samples; stands at its beginning, in JSON.</summary>
/// <param name="Name">Name of the data set that was packed.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Form">How the images are kept.</param>
/// <param name="ShorterSide">To how many pixels the shorter side of larger images was reduced; null for none.</param>
/// <param name="Channels">1 or 3.</param>
/// <param name="Mean">Mean per channel of the training images.</param>
/// <param name="Std">Standard deviation per channel.</param>
/// <param name="Splits">The splits, in the order of their samples.</param>
internal sealed record PackDescription(
    string Name, string Source, PackForm Form, int? ShorterSide, int Channels, IReadOnlyList<double> Mean, IReadOnlyList<double> Std,
    IReadOnlyList<PackSplit> Splits)
{
    private static readonly JsonSerializerOptions Complete =
        new(CliOutput.JsonOptions) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    /// <summary>Whether the samples are videos.</summary>
    public bool Videos { get; init; }

    /// <summary>Samples of all splits.</summary>
    public long Count => Splits.Sum(split => split.Count);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CliOutput.JsonOptions);

    /// <exception cref="JsonException">It is none, lacks something, or contradicts itself.</exception>
    public static PackDescription Of(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<PackDescription>(json, Complete) is { IsSound: true } sound ? sound : throw new JsonException("The description is unsound.");

    private bool IsSound =>
        Channels is 1 or 3 && Mean.Count == Channels && Std.Count == Channels && Splits.All(split => split is { IsSound: true })
            && Splits.DistinctBy(split => split.Split).Count() == Splits.Count;
}

/// <summary>A split of a packed file.</summary>
/// <param name="Split">Which.</param>
/// <param name="Count">Images.</param>
/// <param name="Classes">Class names in label order.</param>
/// <param name="Size">Height and width when all images share them.</param>
/// <param name="Digest">Changes with the content.</param>
/// <param name="Layout">Where the split was found, for people.</param>
/// <param name="LeftOut">What was left out, for people.</param>
internal sealed record PackSplit(
    DatasetSplit Split, long Count, IReadOnlyList<string> Classes, ImageSize? Size, string Digest, string? Layout, IReadOnlyList<string> LeftOut)
{
    private const long Most = 1L << 40;   // more than a disk holds, and small enough for sums and products

    /// <summary>Whether such a split can be.</summary>
    internal bool IsSound =>
        Enum.IsDefined(Split) && Count is >= 0 and <= Most && (Size is null or { Height: > 0, Width: > 0 })
            && !Classes.Any(name => name is null) && !LeftOut.Any(text => text is null);
}
