namespace Parallax.Plugins.Parts;

/// <summary>How the variance terms of the two views become one number.</summary>
public enum VarianceReduction
{
    /// <summary>Their mean: the authors' code.</summary>
    MeanOfViews,

    /// <summary>Their sum: the paper's equation (6), exactly twice the mean.</summary>
    SumOfViews,
}

/// <summary>The three terms of VICReg, [] each, not weighted.</summary>
/// <param name="Invariance">Squared distance of the two views, mean over batch and features.</param>
/// <param name="Variance">How far the standard deviations of the features stay below 1, mean over features.</param>
/// <param name="Covariance">Squares of the covariances between different features, summed, divided by the number of features; both views added.</param>
/// <remarks>
/// Bardes et al., "VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised Learning", ICLR 2022, section 4.1,
/// https://arxiv.org/abs/2105.04906. The invariance is the mean over images and features, as in the authors' code; the paper's equation (5) divides by the
/// number of images only.
/// </remarks>
public sealed record VICRegLoss(Tensor Invariance, Tensor Variance, Tensor Covariance)
{
    private const double Epsilon = 1e-4;

    /// <summary>Computes the terms.</summary>
    /// <param name="za">Embeddings of the first view, [N, D], N of the whole batch and at least 2.</param>
    /// <param name="zb">Embeddings of the second view, [N, D]; row i shows the same image as row i of <paramref name="za"/>.</param>
    /// <param name="reduction">Whether the variance terms of the views are averaged or added.</param>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, D].</exception>
    public static VICRegLoss Compute(Tensor za, Tensor zb, VarianceReduction reduction = VarianceReduction.MeanOfViews)
    {
        Rows.RequireSame(za, nameof(za), zb, nameof(zb));
        using var precision = Precision.Float32();

        var (a, b) = (za.to(float32), zb.to(float32));                                      // [N, D]
        var variances = VarianceOf(a) + VarianceOf(b);                                      // []

        return new(
            Invariance: (a - b).square().mean(),
            Variance: reduction == VarianceReduction.SumOfViews ? variances : variances / 2,
            Covariance: CovarianceOf(a) + CovarianceOf(b));
    }

    /// <summary>The loss: the weighted sum of the terms.</summary>
    /// <param name="invarianceWeight">The paper's lambda.</param>
    /// <param name="varianceWeight">The paper's mu.</param>
    /// <param name="covarianceWeight">The paper's nu.</param>
    /// <returns>Scalar, [], float32, not negative.</returns>
    public Tensor Weighted(double invarianceWeight, double varianceWeight, double covarianceWeight) =>
        (Invariance * invarianceWeight) + (Variance * varianceWeight) + (Covariance * covarianceWeight);

    private static Tensor VarianceOf(Tensor z) => (1 - (z.var(0) + Epsilon).sqrt()).relu().mean();   // [], unbiased variance

    private static Tensor CovarianceOf(Tensor z)
    {
        var centred = z - z.mean([0], keepdim: true);                                       // [N, D]
        var scatter = SquaredProduct.Of(centred, centred);                                  // of z^T z, (N - 1) times the covariance, [D, D]

        return scatter.OffDiagonalSquares / (Math.Pow(z.shape[0] - 1, 2) * z.shape[1]);
    }
}
