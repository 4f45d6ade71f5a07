namespace Parallax.Plugins.Parts;

/// <summary>How ASCL weighs neighbours against the positive, whose weight is 1.</summary>
public enum ASCLWeighting
{
    /// <summary>
    /// Every candidate by min(1, n c p): its share p of the teacher's distribution, times how sure the teacher is, c, and the number of neighbours n. The
    /// paper's method.
    /// </summary>
    Adaptive,

    /// <summary>The n nearest candidates by c, the others not at all. The authors' <c>ahcl</c>.</summary>
    NearestByConfidence,

    /// <summary>The n nearest candidates as much as the positive, the others not at all. The authors' <c>hard</c>.</summary>
    Nearest,
}

/// <summary>Adaptive soft contrastive learning: other images count as positives too, the more the surer the teacher is of its neighbours.</summary>
/// <remarks>
/// Feng and Patras, "Adaptive Soft Contrastive Learning", ICPR 2022, section III, https://arxiv.org/abs/2207.11163, as in the authors' code: weights are capped
/// at 1 before rows are normalised. With uniform neighbours c is 0, and the labels are MoCo's or BYOL's.
/// </remarks>
public static class ASCLLoss
{
    /// <summary>The loss against the positive and a queue: cross-entropy with labels in which the positive weighs 1 and a key of the queue w.</summary>
    /// <param name="q">Student's projections, [N, D]; normalised here. Only they carry gradients.</param>
    /// <param name="k">Teacher's keys, [N, D]; row i shows the same image as row i of <paramref name="q"/>; normalised here.</param>
    /// <param name="queue">[K, D], rows of length one.</param>
    /// <param name="positives">What of the queue counts as positive: <see cref="SoftPositives.OfQueue"/>.</param>
    /// <param name="temperature">Student's divisor of the cosines, positive.</param>
    /// <returns>Scalar, [], float32, mean over the rows.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(Tensor q, Tensor k, Tensor queue, SoftPositives positives, double temperature)
    {
        Rows.RequireSame(q, nameof(q), positives.Weighted, nameof(positives));
        using var precision = Precision.Float32();
        var logits = QueueLogits.Of(q, k, queue, temperature);
        var others = (Rows.Unit(q) * positives.Weighted).sum(1) / temperature;                          // [N]
        var agreement = (logits.Positives + others) / (1 + positives.Total);                            // [N]

        return (logits.Denominators - agreement).mean();   // []
    }

    /// <summary>BYOL's distance with several positives: 2 - 2 sum over j of label_ij cos(p_i, z_j), mean over the batch.</summary>
    /// <param name="p">Predictions, [N, D]; normalised here.</param>
    /// <param name="z">Teacher's projections, [N, D]; row i shows the same image as row i of <paramref name="p"/>; normalised and detached here.</param>
    /// <param name="positives">What of the other projections counts as positive: <see cref="SoftPositives.OfOthers"/>.</param>
    /// <returns>Scalar, [], float32, in [0, 4].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Distance(Tensor p, Tensor z, SoftPositives positives)
    {
        Rows.RequireSame(p, nameof(p), z, nameof(z));
        Rows.RequireSame(p, nameof(p), positives.Weighted, nameof(positives));
        using var precision = Precision.Float32();
        var target = (Rows.Unit(z.detach()) + positives.Weighted) / (1 + positives.Total).unsqueeze(1);   // [N, D]

        return 2 - (2 * (Rows.Unit(p) * target).sum(1).mean());   // []
    }
}
