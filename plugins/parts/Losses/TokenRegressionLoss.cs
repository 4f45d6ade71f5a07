namespace Parallax.Plugins.Parts;

/// <summary>How far predicted tokens are from a teacher's.</summary>
public static class TokenRegressionLoss
{
    /// <summary>Mean over all features of all tokens: half the square of a difference below one, from there on the difference less a half.</summary>
    /// <param name="predictions">[N, L, D].</param>
    /// <param name="targets">[N, L, D]; constants.</param>
    /// <returns>Scalar, [], float32.</returns>
    /// <remarks>Assran et al., I-JEPA, CVPR 2023, https://arxiv.org/abs/2301.08243, as in the authors' code (the paper says squared distance).</remarks>
    public static Tensor Mean(Tensor predictions, Tensor targets)
    {
        using var precision = Precision.Float32();

        return F.smooth_l1_loss(predictions.to(float32), targets.detach().to(float32));
    }

    /// <summary>The loss of each token: the sum over its features, divided by the square root of their number.</summary>
    /// <param name="predictions">[M, D].</param>
    /// <param name="targets">[M, D]; constants.</param>
    /// <param name="beta">Difference up to which the loss is half its square over beta, beyond which it grows evenly; 0 takes the whole square.</param>
    /// <returns>[M] float32.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <remarks>Baevski et al., data2vec, ICML 2022, equation (3), https://arxiv.org/abs/2202.03555, and the scale of its code.</remarks>
    public static Tensor OfTokens(Tensor predictions, Tensor targets, double beta)
    {
        Rows.RequireSame(predictions, nameof(predictions), targets, nameof(targets));
        ArgumentOutOfRangeException.ThrowIfNegative(beta);
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var (p, t) = (predictions.to(float32), targets.detach().to(float32));   // [M, D]
        var losses = beta == 0 ? F.mse_loss(p, t, Reduction.None) : F.smooth_l1_loss(p, t, Reduction.None, beta);   // [M, D]

        return (losses.sum(1) / Math.Sqrt(p.shape[1])).MoveToOuterDisposeScope();   // [M]
    }
}
