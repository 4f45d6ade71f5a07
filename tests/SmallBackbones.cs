namespace Parallax.Tests;

/// <summary>A small backbone of each kind that a method may need, as a recipe writes it.</summary>
internal static class SmallBackbones
{
    /// <summary>The family of methods that learn from clips.</summary>
    public const string Video = "video";

    private const string Clips = "{name: r3d-18, form: slow, width: 0.0625}";
    private const string ClipTransformer = "{name: mvit-v2-s, form: mask-feat, poolsLast: false, width: 8, depth: 6, frames: 4}";
    private const string Network = "{name: resnet20}";
    private const string Transformer = "{name: vit, size: tiny, width: 32, depth: 2, heads: 4, patchSize: 8}";
    private const string Convolutions = "{name: convnext-v2, size: atto, width: 8, patchSize: 1}";

    /// <summary>The section <c>backbone</c> for a method, and <c>imageModel</c> where it has one; a method that trains without positions gets a backbone
    /// without, one that must not normalise over the batch one that does not.</summary>
    /// <param name="needed">The kind that it declares.</param>
    /// <param name="method">Its name.</param>
    /// <param name="family">Its family.</param>
    public static string For(Type needed, string method, string family) => (family, method) switch
    {
        (Video, "maskfeat-video") => ClipTransformer,
        (Video, "iboot") => $"{Clips}\nimageModel: {Network}",
        (Video, _) => Clips,
        (_, "mp3") => For(needed).Replace("}", ", positions: none}", StringComparison.Ordinal),
        (_, "cpc-v2") => For(needed).Replace("}", ", norm: layer}", StringComparison.Ordinal),
        _ => For(needed),
    };

    private static string For(Type needed) => needed.Name switch
    {
        "IMaskedMapBackbone" => Convolutions,
        "ITokenBackbone" or "IPatchSequenceBackbone" or "IRegionBackbone" => Transformer,
        _ => Network,
    };
}
