namespace Parallax.Plugins.Parts;

/// <summary>The loss of BEiT: cross-entropy of the visual tokens of hidden patches.</summary>
/// <remarks>Bao et al., "BEiT: BERT Pre-Training of Image Transformers", ICLR 2022, equation (2), https://arxiv.org/abs/2106.08254, as in its code: the mean
/// over all hidden patches of the batch.</remarks>
public static class BEiTLoss
{
    /// <summary>Computes the loss.</summary>
    /// <param name="logits">A row per hidden patch, [M, K]: a logit per visual token.</param>
    /// <param name="tokens">The patches' visual tokens, [M] int64, in [0, K).</param>
    /// <param name="count">Divisor of the sum, [], above 0; null takes M. Where M differs between processes, they divide by its mean over all of them.</param>
    /// <returns>Scalar, [], float32, not negative.</returns>
    /// <exception cref="ArgumentException">The logits are not [M, K], or the tokens not [M].</exception>
    public static Tensor Compute(Tensor logits, Tensor tokens, Tensor? count = null)
    {
        Rows.RequireMatrix(logits, nameof(logits));
        if (!tokens.shape.AsSpan().SequenceEqual([logits.shape[0]]))
        {
            throw new ArgumentException($"'{nameof(tokens)}' has the shape [{string.Join(", ", tokens.shape)}]; expected [{logits.shape[0]}]: one per row "
                + "of the "
                + "logits.", nameof(tokens));
        }

        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var sum = F.cross_entropy(logits.to(float32), tokens, reduction: Reduction.Sum);   // []

        return (count is null ? sum / logits.shape[0] : sum / count).MoveToOuterDisposeScope();
    }
}
