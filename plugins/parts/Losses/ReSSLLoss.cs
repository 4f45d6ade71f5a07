namespace Parallax.Plugins.Parts;

/// <summary>ReSSL: the student's similarities to a queue must follow those of the teacher. The pair itself is in neither distribution.</summary>
/// <remarks>
/// Zheng et al., "ReSSL: Relational Self-Supervised Learning with Weak Augmentation", NeurIPS 2021, equations (2) to (4), https://arxiv.org/abs/2107.09282.
/// Its target is <see cref="SoftTargets.Similarities"/> of the teacher with a temperature below the student's.
/// </remarks>
public static class ReSSLLoss
{
    /// <summary>Cross-entropy of one student view with the teacher's distribution, mean over the batch. Several views are several calls, averaged.</summary>
    /// <param name="q">Student's projections, [N, D]; normalised here.</param>
    /// <param name="targets">Teacher's distribution over the queue, [N, K]; row i shows the same image as row i of <paramref name="q"/>; detached here.</param>
    /// <param name="queue">Teacher's keys of earlier batches, [K, D], rows of length one.</param>
    /// <param name="temperature">Student's divisor of the cosines, positive.</param>
    /// <returns>Scalar, [], float32; ln K when all keys of the queue are equal.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(Tensor q, Tensor targets, Tensor queue, double temperature) =>
        SoftTargets.CrossEntropy(targets, SoftTargets.Logits(q, queue, temperature));
}
