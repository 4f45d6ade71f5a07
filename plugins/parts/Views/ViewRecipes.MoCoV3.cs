using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <content>Views of MoCo v3.</content>
public static partial class ViewRecipes
{
    /// <summary>MoCo v3, also SDSSL: BYOL's two different views, cropped bilinearly and down to a share of the area that depends on the backbone.</summary>
    /// <param name="size">Side of the views in pixels.</param>
    /// <param name="scaleMin">Smallest share of the area, a fraction in (0, 1]: 0.08 for transformers, 0.2 for residual networks.</param>
    /// <returns>The first view, always blurred, and the second, rarely blurred and sometimes solarized.</returns>
    /// <remarks>Chen et al., "An Empirical Study of Training Self-Supervised Vision Transformers", ICCV 2021, https://arxiv.org/abs/2104.02057, and its code.</remarks>
    public static ViewPlan MoCoV3(int size, double scaleMin)
    {
        AugmentationSpec[] start = [Crop(size, scaleMin, 1, Bilinear), Jitter(0.4, 0.4, 0.2, 0.1), Grayscale()];
        var solarize = new AugmentationSpec("solarize", ("threshold", 0.5), ("probability", 0.2));

        return new([new([.. start, Blur(1), Flip(), Normalize()]), new([.. start, Blur(0.1), solarize, Flip(), Normalize()])]);
    }
    /// <summary>MoCo v3 on small images: BYOL's views on small images.</summary>
    /// <param name="size">Side of the views in pixels, 32 in the source.</param>
    /// <returns>The first view and the second, sometimes solarized.</returns>
    /// <remarks>The CIFAR recipe of da Costa et al., "solo-learn", JMLR 2022.</remarks>
    public static ViewPlan MoCoV3Small(int size)
    {
        var (first, second) = BYOLSmall(size);

        return new([first, second]);
    }
}
