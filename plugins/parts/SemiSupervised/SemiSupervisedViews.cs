using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Parts;

/// <summary>The view of S4L before its rotations.</summary>
/// <remarks>
/// Zhai et al., "S4L: Self-Supervised Semi-Supervised Learning", ICCV 2019, https://arxiv.org/abs/1905.03670, as in the authors' code: Inception's crop and a
/// flip. On small images, ours: the padded crop of supervised training.
/// </remarks>
public static class SemiSupervisedViews
{
    /// <summary>One view.</summary>
    /// <param name="view">Builds views of the run.</param>
    public static ViewPlan Of(ViewBuilder view) => new([View(view.IsSmall ? view.PaddedCrop(view.ImageSize / 8) : view.Crop(0.05), Flip())]);
}
