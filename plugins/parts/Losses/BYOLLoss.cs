namespace Parallax.Plugins.Parts;

/// <summary>Squared distance between predictions and targets, both on the unit sphere.</summary>
/// <remarks>
/// Grill et al., "Bootstrap Your Own Latent", NeurIPS 2020, equation (2), https://arxiv.org/abs/2006.07733: |p / |p| - z / |z||² = 2 - 2 cos(p, z).
/// The paper adds the two directions of a pair of views and does not halve the sum. Neither side is detached here: the method does it.
/// </remarks>
public static class BYOLLoss
{
    /// <summary>Computes one direction, mean over the batch.</summary>
    /// <param name="p">Predictions of the online network, [N, D]; normalised here.</param>
    /// <param name="z">Projections of the target network for the other view, [N, D]; normalised here.</param>
    /// <returns>Scalar, [], float32, in [0, 4]: 0 when every prediction points along its target.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, D].</exception>
    public static Tensor Compute(Tensor p, Tensor z) => 2 + (2 * NegativeCosineLoss.Compute(p, z));   // []
}
