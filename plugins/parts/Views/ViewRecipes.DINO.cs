using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

public static partial class ViewRecipes
{
    /// <summary>DINO: two large views of which the first is always blurred and the second sometimes solarized, then small ones.</summary>
    /// <param name="size">Side of the large views in pixels, 224 in the paper.</param>
    /// <param name="smallSize">Side of the small views in pixels, 96 in the paper.</param>
    /// <param name="smallCount">Number of small views, 8 in the authors' code.</param>
    /// <param name="split">Share of the area where small views end and large ones begin: 0.4 in the authors' code, 0.14 for their ResNet-50.</param>
    /// <returns>The two large views first.</returns>
    /// <remarks>Caron et al., "Emerging Properties in Self-Supervised Vision Transformers", ICCV 2021, https://arxiv.org/abs/2104.14294, and its code.</remarks>
    public static ViewPlan DINO(int size = 224, int smallSize = 96, int smallCount = 8, double split = 0.4)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(smallCount);

        return new(
        [
            DINOView(size, split, 1, Blur(1)),
            DINOView(size, split, 1, Blur(0.1), new("solarize", ("threshold", 0.5), ("probability", 0.2))),
            .. Enumerable.Repeat(DINOView(smallSize, 0.05, split, Blur(0.5)), smallCount),
        ]);
    }

    /// <summary>DINO on small images: two views that cover 8 % to 100 % of the image, no blur, the second solarized in a fifth of the cases.</summary>
    /// <param name="size">Side of the views in pixels, 32 in the source.</param>
    /// <remarks>The CIFAR recipe of da Costa et al., "solo-learn", JMLR 2022: the views of <see cref="BYOLSmall"/>.</remarks>
    public static ViewPlan DINOSmall(int size)
    {
        var (first, second) = BYOLSmall(size);

        return new([first, second]);
    }

    private static ViewSpec DINOView(int size, double scaleMin, double scaleMax, params AugmentationSpec[] last) => new(
    [
        Crop(size, scaleMin, scaleMax, Bicubic), Flip(), Jitter(0.4, 0.4, 0.2, 0.1), Grayscale(), .. last, Normalize(),
    ]);
}
