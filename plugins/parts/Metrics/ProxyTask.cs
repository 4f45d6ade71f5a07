namespace Parallax.Plugins.Parts;

/// <summary>How well the pretext task itself is solved: the share of queries whose positive wins.</summary>
/// <remarks>
/// Kalantidis et al., "Hard Negative Mixing for Contrastive Learning", NeurIPS 2020, section 3, https://arxiv.org/abs/2010.01028.
/// A tie counts as lost, so collapsed features score 0 instead of a number that depends on the order of the columns.
/// </remarks>
public static class ProxyTask
{
    /// <summary>Share of rows whose column 0 is larger than every other column.</summary>
    /// <param name="logits">[N, 1 + negatives], the positive in column 0.</param>
    /// <returns>Scalar, [], float32, a fraction in [0, 1]; carries no gradient.</returns>
    /// <exception cref="ArgumentException">The tensor is not [N, 1 + negatives] with at least one negative.</exception>
    public static Tensor Accuracy(Tensor logits)
    {
        Rows.RequireMatrix(logits, nameof(logits));
        var negatives = logits.shape[1] - 1;
        if (negatives < 1)
        {
            throw new ArgumentException($"'{nameof(logits)}' has {logits.shape[1]} columns; expected the positive and at least one negative.", nameof(logits));
        }

        using var noGradients = no_grad();

        return Accuracy(logits.select(1, 0), logits.narrow(1, 1, negatives).amax([1]));
    }

    /// <summary>The same against a queue, of the first queries: as many as fit in a few megabytes, so that the matrix of a large queue is never made.</summary>
    /// <inheritdoc cref="InfoNCELoss.Logits"/>
    /// <returns>Scalar, [], float32, a fraction in [0, 1]; carries no gradient. Small shapes count all queries.</returns>
    public static Tensor Accuracy(Tensor q, Tensor k, Tensor queue, double temperature)
    {
        Rows.RequireSameWidth(q, nameof(q), queue, nameof(queue));
        using var noGradients = no_grad();

        return Accuracy(InfoNCELoss.Logits(Rows.Sample(q, queue.shape[0]), Rows.Sample(k, queue.shape[0]), queue, temperature));
    }

    /// <summary>Share of queries whose positive is larger than their hardest negative.</summary>
    /// <param name="positives">Logit of each positive, [N].</param>
    /// <param name="hardest">Largest logit of each query's negatives, [N].</param>
    /// <returns>Scalar, [], float32, a fraction in [0, 1]; carries no gradient.</returns>
    public static Tensor Accuracy(Tensor positives, Tensor hardest)
    {
        using var noGradients = no_grad();

        return (positives > hardest).to(float32).mean();   // []
    }
}
