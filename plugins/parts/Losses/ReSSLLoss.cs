namespace Parallax.Plugins.Parts;

/// <summary>ReSSL: the student's similarities to a queue must follow those of the teacher. The pair itself is in neither distribution.</summary>
/// <remarks>
/// Zheng et al., "ReSSL: Relational Self-Supervised Learning with Weak Augmentation", NeurIPS 2021, equations (2) to (4), https://arxiv.org/abs/2107.09282.
/// Its target is the teacher's <see cref="Neighbourhood"/> with a temperature below the student's. With its expected key e, the cross-entropy of a query is
/// L - q·e / T.
/// </remarks>
public static class ReSSLLoss
{
    /// <summary>Cross-entropy of one student view with the teacher's distribution, mean over the batch. Several views are several calls, averaged.</summary>
    /// <param name="q">Student's projections, [N, D]; normalised here.</param>
    /// <param name="targets">Teacher's distribution over the queue; row i shows the same image as row i of <paramref name="q"/>.</param>
    /// <param name="queue">Teacher's keys of earlier batches, [K, D], rows of length one.</param>
    /// <param name="temperature">Student's divisor of the cosines, positive.</param>
    /// <returns>Scalar, [], float32; ln K when all keys of the queue are equal.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(Tensor q, Neighbourhood targets, Tensor queue, double temperature)
    {
        Rows.RequireSame(q, nameof(q), targets.Expected, nameof(targets));
        Rows.RequireSameWidth(q, nameof(q), queue, nameof(queue));
        using var precision = Precision.Float32();
        var unit = Rows.Unit(q);                                                                // [N, D]
        var denominators = LogSumExp.Over(unit, queue.detach().to(float32), temperature);       // [N]

        return (denominators - ((unit * targets.Expected).sum(1) / temperature)).mean();        // []
    }
}
