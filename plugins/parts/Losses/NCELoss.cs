namespace Parallax.Plugins.Parts;

/// <summary>Noise-contrastive estimation: tells an image's own row of a bank from rows that are drawn uniformly.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018, equations (5) to (7), https://arxiv.org/abs/1805.01978:
/// with P = exp(logit) / Z and h = P / (P + K/M), loss = mean over the images of -ln h(own) - sum over the K negatives of ln(1 - h).
/// As in the authors' code, <see cref="DefaultEpsilon"/> is added to both denominators. Computed from logarithms, so that no temperature overflows.
/// </remarks>
public static class NCELoss
{
    /// <summary>Added to the denominators of h and 1 - h. Authors' code: 1e-7.</summary>
    public const double DefaultEpsilon = 1e-7;

    /// <summary>Loss of a batch.</summary>
    /// <param name="logits">[N, 1 + K] float32, the own row in column 0.</param>
    /// <param name="z">The constant Z, positive, one number.</param>
    /// <param name="images">Images of the training set, M.</param>
    /// <param name="epsilon">Added to the denominators.</param>
    /// <returns>Scalar, [], float32.</returns>
    /// <exception cref="ArgumentException">The logits are not [N, 1 + K].</exception>
    public static Tensor Compute(Tensor logits, Tensor z, long images, double epsilon = DefaultEpsilon)
    {
        Rows.RequireMatrix(logits, nameof(logits));
        using var precision = Precision.Float32();
        var negatives = logits.shape[1] - 1;
        var noise = (double)negatives / images;
        var odds = logits - z.detach().log().view(1, 1) - Math.Log(noise + epsilon);        // [N, 1 + K], ln(P / (K/M + epsilon))
        var own = F.softplus(-odds.narrow(1, 0, 1)).sum(1);                                 // [N], -ln h
        var others = F.softplus(odds.narrow(1, 1, negatives)).sum(1);                       // [N], without the part of epsilon
        var rest = negatives * Math.Log((noise + epsilon) / noise);                         // that part: ln((K/M + epsilon) / (K/M)) for each negative

        return (own + others).mean() + rest;                                                // []
    }
}
