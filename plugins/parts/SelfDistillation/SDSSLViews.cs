using Parallax.Contracts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Parts;

/// <summary>The views of SDSSL: those of MoCo v3 for transformers; on small images BYOL's.</summary>
/// <remarks>
/// Chen et al., "An Empirical Study of Training Self-Supervised Vision Transformers", ICCV 2021, https://arxiv.org/abs/2104.02057, and its code; on small
/// images the CIFAR recipe of da Costa et al., "solo-learn", JMLR 2022.
/// </remarks>
public static class SDSSLViews
{
    /// <summary>The first view, always blurred, and the second, rarely blurred and sometimes solarized.</summary>
    /// <param name="view">Builds views of the run.</param>
    public static ViewPlan Of(ViewBuilder view)
    {
        return new([Distorted(blur: 1, solarize: 0), Distorted(blur: 0.1, solarize: 0.2)]);

        ViewSpec Distorted(double blur, double solarize) => view.IsSmall
            ? View(view.Crop(0.08, bicubic: true), Flip(), Jitter(0.4, 0.4, 0.2, 0.1), Grayscale(), Solarize(solarize))
            : View(view.Crop(0.08), Jitter(0.4, 0.4, 0.2, 0.1), Grayscale(), view.Blur(blur), Solarize(solarize), Flip());
    }
}
