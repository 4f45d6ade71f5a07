namespace Parallax.Plugins.Backbones;

/// <summary>Weights over clips from those over images: repeated along time and divided by the number of frames, so that a clip of equal frames gives what its
/// frame gives.</summary>
/// <remarks>Carreira and Zisserman, "Quo Vadis, Action Recognition?", CVPR 2017, section 2.2, https://arxiv.org/abs/1705.07750. Near the first and last frame
/// of a clip the zeros around it take a share.</remarks>
internal static class Inflation
{
    /// <summary>Inflates a weight.</summary>
    /// <param name="value">[O, I, h, w].</param>
    /// <param name="target">The shape wanted, [O, I, t, h, w].</param>
    /// <returns>[O, I, t, h, w]; null where the shapes do not fit.</returns>
    public static Tensor? Of(Tensor value, long[] target) => target is [var o, var i, var t, var h, var w] && value.shape.SequenceEqual([o, i, h, w])
        ? value.unsqueeze(2).expand(target).div(t) : null;   // [O, I, t, h, w]
}
