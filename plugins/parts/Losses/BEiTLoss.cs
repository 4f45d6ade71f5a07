namespace Parallax.Plugins.Parts;

/// <summary>The loss of BEiT: cross-entropy of the visual tokens of hidden patches.</summary>
/// <remarks>Bao et al., "BEiT: BERT Pre-Training of Image Transformers", ICLR 2022, equation (2), https://arxiv.org/abs/2106.08254: the mean over all hidden
/// patches of the batch.</remarks>
public static class BEiTLoss
{
    /// <summary>Computes the loss.</summary>
    /// <param name="logits">One row per patch, [M, K]: a logit per visual token.</param>
    /// <param name="tokens">The patches' visual tokens, [M] int64, in [0, K).</param>
    /// <param name="hidden">1 for hidden patches, which count, else 0, [M].</param>
    /// <returns>Scalar, [], float32, not negative; 0 when nothing is hidden.</returns>
    /// <exception cref="ArgumentException">The logits are not [M, K], or another shape is not [M].</exception>
    public static Tensor Compute(Tensor logits, Tensor tokens, Tensor hidden)
    {
        Rows.RequireMatrix(logits, nameof(logits));
        Require(tokens, nameof(tokens));
        Require(hidden, nameof(hidden));
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var losses = F.cross_entropy(logits.to(float32), tokens, reduction: Reduction.None);   // [M]
        var weights = hidden.to(float32);                                                      // [M]

        return ((losses * weights).sum() / weights.sum().clamp_min(1)).MoveToOuterDisposeScope();

        void Require(Tensor tensor, string name)
        {
            if (!tensor.shape.AsSpan().SequenceEqual([logits.shape[0]]))
            {
                throw new ArgumentException($"'{name}' has the shape [{string.Join(", ", tensor.shape)}]; expected [{logits.shape[0]}]: one per row of the logits.",
                    name);
            }
        }
    }
}
