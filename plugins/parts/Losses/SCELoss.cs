namespace Parallax.Plugins.Parts;

/// <summary>What SCE does with the positive in the softmax of the teacher's similarities.</summary>
public enum SCEPositive
{
    /// <summary>It is there with a logit of 0, as in the authors' code: it gets a share 1 / (1 + sum of exp(similarity / T)), about 1e-5 with long
    /// queues.</summary>
    ZeroLogit,

    /// <summary>It is left out, as in the paper.</summary>
    Excluded,
}

/// <summary>Similarity contrastive estimation: the target is part one-hot on the positive, part the teacher's similarities to other images.</summary>
/// <remarks>
/// <para>Denize et al., "Similarity Contrastive Estimation for Self-Supervised Soft Contrastive Learning", WACV 2023, equations (4) to (6),
/// https://arxiv.org/abs/2111.14585: w = c [i = k] + (1 - c) s, loss = -mean of sum over k of w log p. c = 1 is InfoNCE; c = 0 is ReSSL with the positive in
/// the student's denominator.</para>
/// <para>A target w has the share w+ on the positive and (1 - w+) on a teacher's <see cref="Neighbourhood"/>, whose expected key is e. The cross-entropy of a
/// query is then L - w+ s+ - (1 - w+) q·e / T, L over the positive and all other candidates.</para>
/// </remarks>
public static class SCELoss
{
    /// <summary>The loss against the positive and a queue.</summary>
    /// <param name="q">Student's predictions, [N, D]; normalised here. Only they carry gradients.</param>
    /// <param name="k">Teacher's keys, [N, D]; row i shows the same image as row i of <paramref name="q"/>; normalised here.</param>
    /// <param name="queue">[K, D], rows of length one.</param>
    /// <param name="neighbours">How the keys resemble the queue.</param>
    /// <param name="temperature">Student's divisor of the cosines, positive.</param>
    /// <param name="coefficient">Share c of the one-hot part, a fraction in [0, 1].</param>
    /// <param name="positive">What becomes of the positive in the teacher's softmax.</param>
    /// <returns>Scalar, [], float32, mean over the rows.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number, or the coefficient not in [0, 1].</exception>
    public static Tensor Compute(
        Tensor q, Tensor k, Tensor queue, Neighbourhood neighbours, double temperature, double coefficient, SCEPositive positive)
    {
        var share = PositiveShare(neighbours, coefficient, positive);                   // [N]
        using var precision = Precision.Float32();
        var logits = QueueLogits.Of(q, k, queue, temperature);
        var agreement = Agreement(q, neighbours, temperature);                          // [N]

        return (logits.Denominators - (share * logits.Positives) - ((1 - share) * agreement)).mean();   // []
    }

    /// <summary>The loss against the keys of a batch, of which a row's own is its positive, and a queue.</summary>
    /// <param name="q">Student's predictions, [N, D]; normalised here. Only they carry gradients.</param>
    /// <param name="k">Teacher's keys, [N, D]; row i shows the same image as row i of <paramref name="q"/>; normalised here.</param>
    /// <param name="queue">[K, D], rows of length one; null for none.</param>
    /// <param name="neighbours">How the keys resemble the other keys and the queue.</param>
    /// <param name="temperature">Student's divisor of the cosines, positive.</param>
    /// <param name="coefficient">Share c of the one-hot part, a fraction in [0, 1].</param>
    /// <returns>Scalar, [], float32, mean over the rows.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number, or the coefficient not in [0, 1].</exception>
    public static Tensor InBatch(Tensor q, Tensor k, Tensor? queue, Neighbourhood neighbours, double temperature, double coefficient)
    {
        Rows.RequireSame(q, nameof(q), k, nameof(k));
        RequireShare(coefficient);
        using var precision = Precision.Float32();
        var (unit, keys) = (Rows.Unit(q), Rows.Unit(k.detach()));                       // [N, D]
        var inBatch = LogSumExp.Over(unit, keys, temperature);                          // [N]
        var denominators = queue is null ? inBatch : logaddexp(inBatch, LogSumExp.Over(unit, queue.detach().to(float32), temperature));
        var positives = (unit * keys).sum(1) / temperature;                             // [N]
        var agreement = Agreement(q, neighbours, temperature);                          // [N]

        return (denominators - (coefficient * positives) - ((1 - coefficient) * agreement)).mean();     // []
    }

    /// <summary>The positive's share of each target, w+ = c + (1 - c) p+, [N]; no gradient.</summary>
    /// <param name="neighbours">How the keys resemble the queue.</param>
    /// <param name="coefficient">Share c of the one-hot part, a fraction in [0, 1].</param>
    /// <param name="positive">With a logit of 0 its share of the softmax is p+ = 1 / (1 + exp L), L over the queue; left out it is 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The coefficient is not in [0, 1].</exception>
    public static Tensor PositiveShare(Neighbourhood neighbours, double coefficient, SCEPositive positive)
    {
        RequireShare(coefficient);
        using var noGradients = no_grad();
        var ofSoftmax = positive == SCEPositive.ZeroLogit ? (-neighbours.LogSumExp).sigmoid() : zeros_like(neighbours.LogSumExp);

        return coefficient + ((1 - coefficient) * ofSoftmax);
    }

    /// <summary>Expected similarity of each query under the teacher's distribution, divided by the temperature, [N].</summary>
    private static Tensor Agreement(Tensor q, Neighbourhood neighbours, double temperature)
    {
        Rows.RequireSame(q, nameof(q), neighbours.Expected, nameof(neighbours));

        return (Rows.Unit(q) * neighbours.Expected).sum(1) / temperature;
    }

    private static void RequireShare(double coefficient)
    {
        if (!(coefficient is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(coefficient), coefficient, "The share of the one-hot part is a fraction in [0, 1].");
        }
    }
}
