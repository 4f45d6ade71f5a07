namespace Parallax.Plugins.Parts;

/// <summary>The terms of CSTP: BYOL on two clips, and four classifications.</summary>
/// <param name="Byol">Both directions of BYOL, added, [].</param>
/// <param name="Spatial">Cross-entropy of the spatial overlap, [].</param>
/// <param name="Temporal">Cross-entropy of the temporal overlap, [].</param>
/// <param name="Pace">Cross-entropies of the pace of both clips, added, [].</param>
/// <param name="Rotation">Cross-entropies of the rotation of both clips, added, [].</param>
/// <remarks>Zhang et al., "Contrastive Spatio-Temporal Pretext Learning for Self-supervised Video Representation", AAAI 2022,
/// https://arxiv.org/abs/2112.08913, and the authors' code.</remarks>
public sealed record CSTPTerms(Tensor Byol, Tensor Spatial, Tensor Temporal, Tensor Pace, Tensor Rotation)
{
    /// <summary>BYOL in both directions, added.</summary>
    /// <param name="p1">Predictions of the first clip, [N, D].</param>
    /// <param name="z1">Target projections of the first clip, [N, D]; constants.</param>
    /// <param name="p2">Predictions of the second clip, [N, D].</param>
    /// <param name="z2">Target projections of the second clip, [N, D]; constants.</param>
    /// <returns>Scalar, [], float32, in [0, 8].</returns>
    public static Tensor OfPair(Tensor p1, Tensor z1, Tensor p2, Tensor z2) => BYOLLoss.Compute(p1, z2.detach()) + BYOLLoss.Compute(p2, z1.detach());   // []

    /// <summary>Cross-entropies of one classification of both clips, added.</summary>
    /// <param name="first">Scores of the first clip, [N, K].</param>
    /// <param name="firstClasses">[N] int64.</param>
    /// <param name="second">Scores of the second clip, [N, K].</param>
    /// <param name="secondClasses">[N] int64.</param>
    /// <returns>Scalar, [], float32.</returns>
    public static Tensor OfBoth(Tensor first, Tensor firstClasses, Tensor second, Tensor secondClasses) =>
        ClassPrediction.Loss(first, firstClasses) + ClassPrediction.Loss(second, secondClasses);   // []

    /// <summary>The weighted sum, [].</summary>
    /// <param name="byol">Weight of BYOL. Authors' code: 0.1; 1 for all others.</param>
    /// <param name="spatial">Weight of the spatial overlap.</param>
    /// <param name="temporal">Weight of the temporal overlap.</param>
    /// <param name="pace">Weight of the pace.</param>
    /// <param name="rotation">Weight of the rotation.</param>
    public Tensor Weighted(double byol, double spatial, double temporal, double pace, double rotation) =>
        (byol * Byol) + (spatial * Spatial) + (temporal * Temporal) + (pace * Pace) + (rotation * Rotation);
}
