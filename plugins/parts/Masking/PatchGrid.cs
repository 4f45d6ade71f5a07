using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>The patches of a run's images, as a method that hides some of them counts them.</summary>
public static class PatchGrid
{
    /// <summary>Number L of encoded patches of an image.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="imageSize">Side of the images in pixels.</param>
    public static int Count(ITokenBackbone backbone, int imageSize) => Side(backbone, imageSize) * Side(backbone, imageSize);

    /// <summary>Encoded patches per side of an image.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="imageSize">Side of the images in pixels.</param>
    public static int Side(ITokenBackbone backbone, int imageSize) => imageSize / backbone.TokenStride;

    /// <summary>The tokens of patches, without class token and registers.</summary>
    /// <param name="backbone">The backbone that encoded them.</param>
    /// <param name="tokens">[N, P + K, D].</param>
    /// <returns>[N, K, D], a view.</returns>
    public static Tensor WithoutPrefix(ITokenBackbone backbone, Tensor tokens) =>
        tokens.narrow(1, backbone.PrefixTokens, tokens.shape[1] - backbone.PrefixTokens);

    /// <summary>What is wrong with the size of images: nothing, or that they are no whole number of encoded patches.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="imageSize">Side of the images in pixels.</param>
    public static IEnumerable<string> SizeFaults(ITokenBackbone backbone, int imageSize) => imageSize % backbone.TokenStride == 0 ? [] :
    [
        $"data.imageSize is {imageSize}, but a token stands for {backbone.TokenStride} x {backbone.TokenStride} pixels (backbone.patchSize). Expected a "
            + "multiple of that.",
    ];

    /// <summary>What is wrong with a share of hidden patches: nothing, or that none stays.</summary>
    /// <param name="patches">Patches L of an image, or whatever is hidden as a whole.</param>
    /// <param name="ratio">Share that is hidden, a fraction in [0, 1).</param>
    /// <param name="key">The option, with its section.</param>
    public static IEnumerable<string> Faults(long patches, double ratio, string key) => RandomMasking.Visible(patches, ratio) > 0 ? [] :
        [$"{key} is {ratio}, which leaves none of {patches} patches. Lower it, or take smaller patches (backbone.patchSize)."];
}
