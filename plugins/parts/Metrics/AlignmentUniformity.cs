namespace Parallax.Plugins.Parts;

/// <summary>How close positives are (alignment) and how evenly features fill the sphere (uniformity); lower is better for both.</summary>
/// <remarks>
/// Wang and Isola, "Understanding Contrastive Representation Learning through Alignment and Uniformity on the Hypersphere", ICML 2020,
/// equations (1) and (2), https://arxiv.org/abs/2005.10242. Uniformity averages over the distinct pairs of one view.
/// </remarks>
public static class AlignmentUniformity
{
    /// <summary>Mean distance between positives, to the power <paramref name="power"/>.</summary>
    /// <param name="x">Features of the first view, [N, D]; normalised here.</param>
    /// <param name="y">Features of the second view, [N, D].</param>
    /// <param name="power">The paper's alpha, positive; 2 in its experiments.</param>
    /// <returns>Scalar, [], float32, from 0 (identical) to 2 to the power (opposite).</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, D].</exception>
    public static Tensor Alignment(Tensor x, Tensor y, double power = 2)
    {
        Rows.RequireSame(x, nameof(x), y, nameof(y));
        using var precision = Precision.Float32();

        var squared = (Rows.Unit(x) - Rows.Unit(y)).square().sum(1);   // [N]

        return power == 2 ? squared.mean() : squared.pow(power / 2).mean();   // []
    }

    /// <summary>Logarithm of the mean Gaussian potential exp(-t |x_i - x_j|²) over all distinct pairs.</summary>
    /// <param name="x">Features, [N, D] with N at least 2; normalised here.</param>
    /// <param name="t">Sharpness of the potential, positive; 2 in the paper's experiments.</param>
    /// <returns>Scalar, [], float32, at most 0 (all features equal).</returns>
    /// <exception cref="ArgumentException">The tensor is not [N, D], or has fewer than two rows.</exception>
    public static Tensor Uniformity(Tensor x, double t = 2)
    {
        Rows.RequireMatrix(x, nameof(x));
        var n = x.shape[0];
        if (n < 2)
        {
            throw new ArgumentException($"'{nameof(x)}' has {n} rows; uniformity compares pairs and needs at least 2.", nameof(x));
        }

        using var precision = Precision.Float32();
        var unit = Rows.Unit(x);
        var others = LogSumExp.Over(unit, unit, 1 / (2 * t), new Diagonal(0, 0, n));   // [N]; |a - b|² = 2 - 2 a·b for unit vectors

        return others.logsumexp(0) - (2 * t) - Math.Log(n * (n - 1.0));                // []: each pair counts twice, from either side
    }
}
