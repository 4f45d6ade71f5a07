using System.Text.Json.Serialization;
using Parallax.Host.Data;

namespace Parallax.Host.Evaluation;

/// <summary>Test images whose pixels are those of a training image: a protocol that learns from one knows the other.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="TestImages">Test images that were compared.</param>
internal sealed record DuplicateImages(long Count, long TestImages)
{
    /// <summary>Test images of a source that training images have, too (<c>data.groupPattern</c>); null where sources are not known.</summary>
    public long? OfSharedSources { get; init; }

    /// <summary>Whether the images are videos.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AreVideos { get; init; }

    /// <summary>Whether a protocol that learns from training images knows some test images in part.</summary>
    [JsonIgnore]
    public bool IsAny => Count > 0 || OfSharedSources > 0;

    /// <summary>Compares the images of two parts.</summary>
    /// <param name="train">Hash of each training image (<see cref="Data.ContentHash"/>).</param>
    /// <param name="test">Hash of each test image.</param>
    public static DuplicateImages Of(IEnumerable<ulong> train, IReadOnlyList<ulong> test)
    {
        var known = train.ToHashSet();

        return new(test.LongCount(known.Contains), test.Count);
    }

    /// <summary>"2 of 6 test images are training images, too; 4 of 6 are of a source that training images have, too".</summary>
    public override string ToString()
    {
        var noun = SampleNoun.Of(AreVideos);

        return $"{Count} of {TestImages} test {noun} are training {noun}, too"
            + (OfSharedSources is { } shared ? $"; {shared} of {TestImages} are of a source that training {noun} have, too" : "");
    }
}
