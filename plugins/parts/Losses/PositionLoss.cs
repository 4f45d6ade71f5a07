namespace Parallax.Plugins.Parts;

/// <summary>Cross-entropy of the place of every patch, a classification over all places of the grid.</summary>
/// <remarks>
/// Zhai et al., "Position Prediction as an Effective Pretraining Strategy", ICML 2022, section 3, https://arxiv.org/abs/2207.07611: the mean over all patches
/// of the cross-entropy, in which the class of patch i is i, row by row.
/// </remarks>
public static class PositionLoss
{
    /// <summary>Computes the loss.</summary>
    /// <param name="logits">[N, L, L]: row i of an image scores the places of its patch i.</param>
    /// <param name="smoothing">Share of the target that is spread evenly over all places, a fraction in [0, 1).</param>
    /// <returns>Scalar, [], float32; ln L for equal scores.</returns>
    public static Tensor Compute(Tensor logits, double smoothing = 0)
    {
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();

        return F.cross_entropy(logits.flatten(0, 1).to(float32), Places(logits).flatten(), label_smoothing: smoothing).MoveToOuterDisposeScope();   // []
    }

    /// <summary>The share of patches whose highest score is at their place.</summary>
    /// <param name="logits">[N, L, L].</param>
    /// <returns>Scalar, [], float32, a fraction in [0, 1], without gradients; 1 / L by chance.</returns>
    public static Tensor Accuracy(Tensor logits)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        return logits.argmax(2).eq(Places(logits)).to(float32).mean().MoveToOuterDisposeScope();   // []
    }

    private static Tensor Places(Tensor logits) => arange(logits.shape[1], dtype: int64, device: logits.device).expand(logits.shape[0], -1);   // [N, L]
}
