namespace Parallax.Plugins.Parts;

/// <summary>Pulls the cross-correlation matrix of two views towards the identity: a feature agrees with itself across views and with no other
/// feature.</summary>
/// <remarks>
/// Zbontar et al., "Barlow Twins: Self-Supervised Learning via Redundancy Reduction", ICML 2021, equations (1) and (2), https://arxiv.org/abs/2103.03230.
/// As in the authors' code, each view is standardised over the batch (biased variance, epsilon 1e-5, no scale or shift) before C = za^T zb / N, and both terms
/// are sums.
/// </remarks>
public static class BarlowTwinsLoss
{
    private const double Epsilon = 1e-5;

    /// <summary>Computes sum_i (C_ii - 1)² + w sum_{i≠j} C_ij².</summary>
    /// <param name="za">Embeddings of the first view, [N, D], N of the whole batch and at least 2.</param>
    /// <param name="zb">Embeddings of the second view, [N, D]; row i shows the same image as row i of <paramref name="za"/>.</param>
    /// <param name="offDiagonalWeight">Weight w of the redundancy term, the paper's lambda.</param>
    /// <returns>Scalar, [], float32, not negative: 0 when C is the identity.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, D].</exception>
    public static Tensor Compute(Tensor za, Tensor zb, double offDiagonalWeight)
    {
        Rows.RequireSame(za, nameof(za), zb, nameof(zb));
        using var precision = Precision.Float32();

        var (a, b) = (Standardised(za), Standardised(zb));                                  // [N, D]
        var correlation = SquaredProduct.Of(a, b);                                          // of a^T b = N C, [D, D]
        var invariance = ((correlation.Diagonal / za.shape[0]) - 1).square().sum();         // []
        var redundancy = correlation.OffDiagonalSquares / (za.shape[0] * (double)za.shape[0]);   // []

        return invariance + (redundancy * offDiagonalWeight);
    }

    private static Tensor Standardised(Tensor z)
    {
        var values = z.to(float32);                                   // [N, D]
        var centred = values - values.mean([0], keepdim: true);       // [N, D]
        var variance = centred.square().mean([0], keepdim: true);     // [1, D]

        return centred / (variance + Epsilon).sqrt();
    }
}
