using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Parts;

/// <summary>The views of SimCLR, also of methods that change its loss or its targets.</summary>
/// <remarks>
/// Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020, appendix A, https://arxiv.org/abs/2002.05709, and its code;
/// on small images appendix B.9 (CIFAR-10): half the strength of the jitter.
/// Differs from its code: views are normalised at the end, because evaluations feed the backbone normalised images; the first batch norm absorbs most of it.
/// </remarks>
public static class SimCLRViews
{
    /// <summary>Two views of the same augmentations.</summary>
    /// <param name="view">Builds views of the run.</param>
    public static ViewPlan Of(ViewBuilder view)
    {
        var colour = view.IsSmall ? 0.4 : 0.8;   // strength 0.5 or 1

        return ViewPlan.Same(
            2, View(view.Crop(0.08, bicubic: true), Flip(), Jitter(colour, colour, colour, colour / 4), Grayscale(), view.BlurByTenth(0.5)));
    }
}
