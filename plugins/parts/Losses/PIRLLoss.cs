namespace Parallax.Plugins.Parts;

/// <summary>How PIRL tells the own row of a bank from negatives.</summary>
public enum PIRLContrast
{
    /// <summary>Noise-contrastive estimation with a constant Z, see <see cref="NCELoss"/>: what the authors published as code.</summary>
    NCE,

    /// <summary>A softmax over the own row and the negatives, see <see cref="InfoNCELoss"/>: the authors' code for heads with a hidden layer.</summary>
    InfoNCE,

    /// <summary>The equations as the paper prints them, see <see cref="PIRLLoss"/>.</summary>
    Paper,
}

/// <summary>The noise-contrastive term of PIRL as printed in the paper: h compares a row with the negatives of the image.</summary>
/// <remarks>
/// Misra and van der Maaten, "Self-Supervised Learning of Pretext-Invariant Representations", CVPR 2020, equations (3) and (4),
/// https://arxiv.org/abs/1912.01991: with e = exp(cosine / T), S the sum of e over the negatives and h = e / (e + S), the term is
/// -ln h(own) - sum over the negatives n of ln(1 - h(n)). Read literally, so a negative stands twice in its own denominator.
/// </remarks>
public static class PIRLLoss
{
    /// <summary>The term of one embedding, mean over the images.</summary>
    /// <param name="logits">Cosines divided by the temperature, [N, 1 + K] float32, the own row in column 0.</param>
    /// <returns>Scalar, [], float32.</returns>
    /// <exception cref="ArgumentException">The logits are not [N, 1 + K].</exception>
    public static Tensor Term(Tensor logits)
    {
        Rows.RequireMatrix(logits, nameof(logits));
        using var precision = Precision.Float32();
        var negatives = logits.narrow(1, 1, logits.shape[1] - 1);                 // [N, K]
        var sum = negatives.logsumexp(1, keepdim: true);                          // [N, 1], ln S
        var own = F.softplus(sum - logits.narrow(1, 0, 1)).sum(1);                // [N], -ln h = ln((e + S) / e)
        var others = F.softplus(negatives - sum).sum(1);                          // [N], -ln(1 - h) = ln((e + S) / S)

        return (own + others).mean();                                             // []
    }
}
