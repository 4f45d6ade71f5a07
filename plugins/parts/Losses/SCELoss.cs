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
/// <para>The loss itself is <see cref="SoftTargets.CrossEntropy"/> of a target from here and, with a queue, <see cref="InfoNCELoss.Logits"/>; with the other
/// keys of the batch, <see cref="BatchLogits"/>.</para>
/// </remarks>
public static class SCELoss
{
    /// <summary>Targets over the positive, column 0, and a queue.</summary>
    /// <param name="similarities">Teacher's <see cref="SoftTargets.Logits"/> with the queue, [N, K].</param>
    /// <param name="coefficient">Share c of the one-hot part, a fraction in [0, 1].</param>
    /// <param name="positive">What becomes of the positive in the softmax.</param>
    /// <returns>[N, 1 + K] float32, rows add up to one; carries no gradient.</returns>
    /// <exception cref="ArgumentException">The similarities are not [N, K].</exception>
    /// <exception cref="ArgumentOutOfRangeException">The coefficient is not in [0, 1].</exception>
    public static Tensor Targets(Tensor similarities, double coefficient, SCEPositive positive)
    {
        Rows.RequireMatrix(similarities, nameof(similarities));
        RequireShare(coefficient);
        using var noGradients = no_grad();
        var logit = positive == SCEPositive.ZeroLogit ? 0 : double.NegativeInfinity;
        var own = full([similarities.shape[0], 1], logit, dtype: float32, device: similarities.device);   // [N, 1]
        var soft = cat([own, similarities.to(float32)], 1).softmax(1) * (1 - coefficient);                // [N, 1 + K]

        return cat([soft.narrow(1, 0, 1) + coefficient, soft.narrow(1, 1, similarities.shape[1])], 1);
    }

    /// <summary>How each key resembles the other keys of the batch, then those of a queue, as a distribution; a key itself has no share.</summary>
    /// <param name="k">Teacher's keys, [N, D]; normalised here.</param>
    /// <param name="queue">[K, D], rows of length one, or null for none.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns>[N, N + K] float32, rows add up to one; carries no gradient.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or a batch of one has no queue: there is nothing to be similar to.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive.</exception>
    public static Tensor BatchNeighbours(Tensor k, Tensor? queue, double temperature)
    {
        using var noGradients = no_grad();
        var logits = BatchLogits(k, k, queue, temperature);   // [N, N + K]
        if (logits.shape[1] < 2)
        {
            throw new ArgumentException("A batch of one image without a queue has nothing to be similar to; expected two images or a queue.", nameof(k));
        }

        return logits.masked_fill(Own(logits), double.NegativeInfinity).softmax(1);
    }

    /// <summary>Targets over the keys of the batch, then a queue; a row's positive is its own column.</summary>
    /// <param name="neighbours">Result of <see cref="BatchNeighbours"/>, [N, N + K].</param>
    /// <param name="coefficient">Share c of the one-hot part, a fraction in [0, 1].</param>
    /// <returns>[N, N + K] float32, rows add up to one; carries no gradient.</returns>
    /// <exception cref="ArgumentException">The tensor is not a matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The coefficient is not in [0, 1].</exception>
    public static Tensor BatchTargets(Tensor neighbours, double coefficient)
    {
        Rows.RequireMatrix(neighbours, nameof(neighbours));
        RequireShare(coefficient);
        using var noGradients = no_grad();

        return (neighbours * (1 - coefficient)) + (Own(neighbours).to(float32) * coefficient);
    }

    /// <summary>Student's similarities to the keys of the batch, then to a queue, divided by the temperature.</summary>
    /// <param name="q">Student's predictions, [N, D]; normalised here.</param>
    /// <param name="k">Teacher's keys, [N, D]; row i shows the same image as row i of <paramref name="q"/>; normalised and detached here.</param>
    /// <param name="queue">[K, D], rows of length one, or null for none.</param>
    /// <param name="temperature">Divisor of the cosines, positive.</param>
    /// <returns>[N, N + K] float32; the positive of row i is column i.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor BatchLogits(Tensor q, Tensor k, Tensor? queue, double temperature)
    {
        Rows.RequireSame(q, nameof(q), k, nameof(k));
        var keys = Rows.Unit(k.detach());   // [N, D]

        return SoftTargets.Logits(q, queue is null ? keys : cat([keys, queue.detach().to(float32)], 0), temperature);
    }

    /// <summary>True where a row meets its own column, [N, M].</summary>
    private static Tensor Own(Tensor matrix) => eye(matrix.shape[0], matrix.shape[1], dtype: @bool, device: matrix.device);

    private static void RequireShare(double coefficient)
    {
        if (!(coefficient is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(coefficient), coefficient, "The share of the one-hot part is a fraction in [0, 1].");
        }
    }
}
