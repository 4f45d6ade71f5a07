namespace Parallax.Plugins.Parts;

/// <summary>InfoNCE with several positives: a query has its own key in column 0, and may have further positives among the keys of a queue.</summary>
/// <remarks>
/// Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, equations (2) and (4), https://arxiv.org/abs/2010.09709, and the
/// authors' code. With column 0 as the only positive both forms are <see cref="InfoNCELoss.FromLogits"/>.
/// </remarks>
public static class MultiPositiveLoss
{
    /// <summary>CoCLR: -log of the share that the positives have together, the mean over the queries. The sum is inside the logarithm, as in MIL-NCE.</summary>
    /// <param name="logits">[N, 1 + K], any floating-point type.</param>
    /// <param name="positives">[N, 1 + K] bool; a positive in every row.</param>
    /// <returns>Scalar, [], float32; 0 when every column is a positive.</returns>
    /// <exception cref="ArgumentException">The shapes differ or are not [N, 1 + K].</exception>
    public static Tensor OfSharesTogether(Tensor logits, Tensor positives)
    {
        Rows.RequireSame(logits, nameof(logits), positives, nameof(positives));
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var scores = logits.to(float32);                                                                             // [N, 1 + K]
        var together = scores.masked_fill(positives.logical_not(), double.NegativeInfinity).logsumexp(1);            // [N]

        return (scores.logsumexp(1) - together).mean().MoveToOuterDisposeScope();                                    // []
    }

    /// <summary>UberNCE: the mean over the positives of -log of each one's share, the mean over the queries.</summary>
    /// <inheritdoc cref="OfSharesTogether"/>
    /// <returns>Scalar, [], float32; ln(1 + K) when all logits are equal.</returns>
    public static Tensor OfSharesApart(Tensor logits, Tensor positives)
    {
        Rows.RequireSame(logits, nameof(logits), positives, nameof(positives));
        using var scope = NewDisposeScope();
        using var precision = Precision.Float32();
        var scores = logits.to(float32);                                                                             // [N, 1 + K]
        var mean = scores.masked_fill(positives.logical_not(), 0).sum(1) / positives.to(float32).sum(1);             // [N]

        return (scores.logsumexp(1) - mean).mean().MoveToOuterDisposeScope();                                        // []
    }

    /// <summary>Positives by label: a query's own key, and the keys of its class.</summary>
    /// <param name="labels">Class of each query, [N] int64; one below 0 is unknown and has its own key alone.</param>
    /// <param name="queueLabels">Class of each key of the queue, [K] int64; -1 where unknown.</param>
    /// <returns>[N, 1 + K] bool.</returns>
    public static Tensor OfSameClass(Tensor labels, Tensor queueLabels)
    {
        using var scope = NewDisposeScope();
        var known = labels.unsqueeze(1);                                                                             // [N, 1]
        var same = known.eq(queueLabels).logical_and(known.ge(0));                                                   // [N, K]

        return cat([ones_like(known, dtype: @bool), same], 1).MoveToOuterDisposeScope();                             // [N, 1 + K]
    }

    /// <summary>The positives without a query's own key where it has others: the key then stays in the denominator only.</summary>
    /// <param name="positives">[N, 1 + K] bool.</param>
    /// <returns>[N, 1 + K] bool.</returns>
    public static Tensor WithoutOwnKey(Tensor positives)
    {
        using var scope = NewDisposeScope();
        var alone = positives.sum(1, keepdim: true).le(1);                                                           // [N, 1]
        var own = positives.narrow(1, 0, 1).logical_and(alone);                                                      // [N, 1]

        return cat([own, positives.narrow(1, 1, positives.shape[1] - 1)], 1).MoveToOuterDisposeScope();              // [N, 1 + K]
    }

    /// <summary>The share of queries with a positive among their largest logits.</summary>
    /// <param name="logits">[N, 1 + K].</param>
    /// <param name="positives">[N, 1 + K] bool.</param>
    /// <param name="top">How many of the largest logits count, at most 1 + K.</param>
    /// <returns>Scalar, [], float32, a fraction in [0, 1], without gradients.</returns>
    public static Tensor Accuracy(Tensor logits, Tensor positives, int top)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (_, largest) = logits.topk(top, 1);                                                                      // [N, top]

        return positives.gather(1, largest).any(1).to(float32).mean().MoveToOuterDisposeScope();                     // []
    }
}
