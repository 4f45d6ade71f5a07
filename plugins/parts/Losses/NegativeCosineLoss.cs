namespace Parallax.Plugins.Parts;

/// <summary>How far predictions point away from their targets: the cosine of each pair of rows, negated.</summary>
/// <remarks>
/// Chen and He, "Exploring Simple Siamese Representation Learning", CVPR 2021, equation (1), https://arxiv.org/abs/2011.10566: D(p, z) = -(p / |p|)·(z / |z|).
/// Neither side is detached here: which side is a constant is the method's decision.
/// </remarks>
public static class NegativeCosineLoss
{
    /// <summary>Computes one direction, mean over the batch.</summary>
    /// <param name="p">Predictions, [N, D]; normalised here.</param>
    /// <param name="z">Targets, [N, D]; row i shows the same image as row i of <paramref name="p"/>; normalised here.</param>
    /// <returns>Scalar, [], float32, in [-1, 1]: -1 when every prediction points along its target.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, D].</exception>
    public static Tensor Compute(Tensor p, Tensor z)
    {
        Rows.RequireSame(p, nameof(p), z, nameof(z));
        using var precision = Precision.Float32();

        return -(Rows.Unit(p) * Rows.Unit(z)).sum(1).mean();   // []
    }
}
