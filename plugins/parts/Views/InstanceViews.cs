using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Parts;

/// <summary>The view of instance discrimination: one per image, because the other side of the comparison is in the bank.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, https://arxiv.org/abs/1805.01978, as in the authors' code:
/// on ImageNet grayscale, jitter and flip, on CIFAR-10 jitter and grayscale, not flipped.
/// </remarks>
public static class InstanceViews
{
    /// <summary>The view.</summary>
    /// <param name="view">Builds views of the run.</param>
    public static ViewPlan Of(ViewBuilder view)
    {
        var jitter = Jitter(0.4, 0.4, 0.4, 0.4, probability: 1);

        return new([view.IsSmall ? View(view.Crop(0.2), jitter, Grayscale()) : View(view.Crop(0.2), Grayscale(), jitter, Flip())]);
    }
}
