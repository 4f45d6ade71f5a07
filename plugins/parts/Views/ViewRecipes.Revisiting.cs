using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

public static partial class ViewRecipes
{
    // on small images 5 % of the area would be a few pixels: ours
    private const double SmallCropMin = 0.05, SmallCropMax = 0.14, SmallImageCropMin = 0.1, SmallImageCropMax = 0.3;

    /// <summary>Views of constrained multi-crop with stronger augmentation: a large query, a large key, then small queries that must overlap the key's crop.</summary>
    /// <param name="size">Side of the large views in pixels, 160 in the source. At or below <see cref="SmallImageSide"/>: no blur, small crops of 10 % to 30 % (ours).</param>
    /// <param name="smallCount">Number of small views, 4 in the source.</param>
    /// <param name="minOverlap">Share of a small crop that must lie in the key's crop, a fraction in [0, 1].</param>
    /// <returns>The query, the key, then the small queries of 3/5 of the side (96 of 160). All views but the key toss a coin between jitter and AutoAugment.</returns>
    /// <remarks>Van Gansbeke et al., "Revisiting Contrastive Methods", NeurIPS 2021, section 4, https://arxiv.org/abs/2106.05967, and its code; the flip, which the code puts last in one of two cases, comes first.</remarks>
    public static ViewPlan Revisiting(int size, int smallCount, double minOverlap)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(smallCount);
        var isSmall = size <= SmallImageSide;
        AugmentationSpec large = Crop(size, 0.2, 1, Bilinear);
        AugmentationSpec small = new(
            "constrained-crop",
            ("size", size * 3 / 5), ("scaleMin", isSmall ? SmallImageCropMin : SmallCropMin), ("scaleMax", isSmall ? SmallImageCropMax : SmallCropMax),
            ("minOverlap", minOverlap), ("anchorView", 1), ("anchorScaleMin", 0.2), ("anchorScaleMax", 1.0));
        AugmentationSpec either = new("jitter-or-auto-augment", ("blurProbability", isSmall ? 0.0 : 0.5));
        ViewSpec query = new([large, Flip(), either, Normalize()]), smallQuery = new([small, Flip(), either, Normalize()]);

        return new([query, Key(isSmall ? [] : [Blur(0.5)]), .. Enumerable.Repeat(smallQuery, smallCount)]);

        ViewSpec Key(IEnumerable<AugmentationSpec> blur) => new([large, Flip(), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), .. blur, Normalize()]);
    }
}
