namespace Parallax.Plugins.Parts;

/// <summary>From a saliency to the pixels that a network shall tell apart: moving, still, or left out of the loss.</summary>
/// <remarks>
/// Pathak et al., "Learning Features by Watching Objects Move", CVPR 2017, https://arxiv.org/abs/1612.06370: pixels between two thresholds are ignored, and
/// so are whole frames whose mask is too small, too large, or on too much of the border.
/// </remarks>
/// <param name="Low">Below, a pixel is still.</param>
/// <param name="High">Above, a pixel moves.</param>
/// <param name="MinForeground">Least share of moving pixels of a frame.</param>
/// <param name="MaxForeground">Largest share of moving pixels of a frame.</param>
/// <param name="MaxBorder">Largest share of moving pixels of the outermost ring of pixels.</param>
public sealed record MotionMask(double Low, double High, double MinForeground, double MaxForeground, double MaxBorder)
{
    private const int Moving = 1, Ignored = -1;

    /// <summary>Thresholds from memory of the paper, 0.4 and 0.7; ours: a hundredth to half of a frame moves, and at most half of its border.</summary>
    public static MotionMask Usual { get; } = new(0.4, 0.7, 0.01, 0.5, 0.5);

    /// <summary>What each pixel is, whatever the rest of its frame.</summary>
    /// <param name="saliency">In [0, 1], [N, h, w].</param>
    /// <param name="low">Below, a pixel is still.</param>
    /// <param name="high">Above, a pixel moves.</param>
    /// <returns>1 moving, 0 still, -1 ignored, [N, h, w] int64.</returns>
    public static Tensor Trimap(Tensor saliency, double low, double high)
    {
        using var scope = NewDisposeScope();
        var (moving, still) = (saliency.gt(high).to(int64), saliency.lt(low).to(int64));   // [N, h, w] each

        return (moving + (Ignored * (1 - moving - still))).MoveToOuterDisposeScope();
    }

    /// <summary>The target of each pixel; all pixels of frames that are left out are ignored.</summary>
    /// <param name="saliency">In [0, 1], [N, h, w].</param>
    /// <returns>1 moving, 0 still, -1 ignored, [N, h, w] int64.</returns>
    public Tensor Target(Tensor saliency)
    {
        using var scope = NewDisposeScope();
        var trimap = Trimap(saliency, Low, High);

        return where(Kept(trimap).view(-1, 1, 1), trimap, full_like(trimap, Ignored)).MoveToOuterDisposeScope();
    }

    // [N] bool
    private Tensor Kept(Tensor trimap)
    {
        var moving = trimap.eq(Moving).to(float32);                                                     // [N, h, w]
        var (last, right) = (moving.shape[1] - 1, moving.shape[2] - 1);
        var border = cat(
            [moving.select(1, 0), moving.select(1, last), moving.narrow(1, 1, last - 1).select(2, 0), moving.narrow(1, 1, last - 1).select(2, right)], 1);
        var share = moving.mean([1, 2]);                                                                // [N]

        return share.ge(MinForeground) & share.le(MaxForeground) & border.mean([1]).le(MaxBorder);
    }
}
