namespace Parallax.Plugins.Parts;

/// <summary>How well the moving pixels of a frame are told from the still ones.</summary>
/// <remarks>Pathak et al., "Learning Features by Watching Objects Move", CVPR 2017, https://arxiv.org/abs/1612.06370: the logistic loss of every pixel that is
/// moving or still, one mean over the batch.</remarks>
public static class MotionMaskLoss
{
    /// <summary>Which pixels count.</summary>
    /// <param name="target">1 moving, 0 still, -1 ignored, any shape.</param>
    /// <returns>1 or 0, the same shape, float32.</returns>
    public static Tensor Counting(Tensor target) => target.ge(0).to(float32);

    /// <summary>Computes the loss in float32.</summary>
    /// <param name="logits">Positive where moving, [N, h, w].</param>
    /// <param name="target">1 moving, 0 still, -1 ignored, [N, h, w].</param>
    /// <param name="count">What the sum is divided by: the pixels that count, [], at least 1.</param>
    /// <returns>Scalar, [], float32.</returns>
    public static Tensor Compute(Tensor logits, Tensor target, Tensor count)
    {
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var perPixel = F.binary_cross_entropy_with_logits(logits.to(float32), target.clamp_min(0).to(float32), reduction: Reduction.None);   // [N, h, w]

        return ((perPixel * Counting(target)).sum() / count).MoveToOuterDisposeScope();   // []
    }

    /// <summary>Intersection over union of the moving pixels with those that are taken for moving, among those that count.</summary>
    /// <param name="logits">[N, h, w].</param>
    /// <param name="target">1 moving, 0 still, -1 ignored, [N, h, w].</param>
    /// <returns>Scalar, [], float32 in [0, 1]; 0 where nothing moves.</returns>
    public static Tensor Overlap(Tensor logits, Tensor target)
    {
        using var scope = NewDisposeScope();
        var (taken, moving) = (logits.detach().gt(0) & target.ge(0), target.eq(1));   // [N, h, w] each
        var union = (taken | moving).to(float32).sum().clamp_min(1);

        return ((taken & moving).to(float32).sum() / union).MoveToOuterDisposeScope();
    }
}
