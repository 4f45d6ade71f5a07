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
