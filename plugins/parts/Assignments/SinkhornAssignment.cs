namespace Parallax.Plugins.Parts;

/// <summary>Soft assignments of samples to prototypes such that every prototype gets about the same share of the batch: no collapse onto one.</summary>
/// <remarks>
/// <para>Caron et al., SwAV, NeurIPS 2020, section 3.1, https://arxiv.org/abs/2006.09882: Sinkhorn-Knopp scaling of exp(scores / epsilon),
/// in turn each prototype to the same total over the samples, and each sample to a total of one. The samples come last, so their rows are exact and the balance
/// approximate.</para>
/// <para>Differs from the authors' code: the scaling works on logarithms, so no epsilon overflows, and a prototype far from every sample does not become 0 /
/// 0.</para>
/// </remarks>
public static class SinkhornAssignment
{
    /// <summary>Assigns samples to prototypes, without gradients.</summary>
    /// <param name="scores">Similarity of each sample with each prototype, [N, K]: the whole batch, over all processes; or this process's part of it.</param>
    /// <param name="epsilon">Smoothness of the assignments, positive; 0.05 in the paper.</param>
    /// <param name="iterations">Rounds of scaling, at least 1; 3 in the paper.</param>
    /// <param name="queueScores">Scores of earlier samples, [Q, K], that take part in the balance but are not returned; null for none.</param>
    /// <param name="others">The processes that hold the other rows, as many or as few as they have, none included; null when the scores are all there
    /// are.</param>
    /// <returns>[N, K] float32, rows sum to one.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Epsilon is not a positive number, or there is no iteration.</exception>
    public static Tensor Compute(Tensor scores, double epsilon, int iterations, Tensor? queueScores = null, IProcesses? others = null)
    {
        Rows.RequireMatrix(scores, nameof(scores));
        Rows.RequireTemperature(epsilon);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        if (queueScores is not null)
        {
            Rows.RequireSameWidth(scores, nameof(scores), queueScores, nameof(queueScores));
        }

        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var all = queueScores is null ? scores : cat([queueScores.to(scores.dtype), scores], 0);   // [Q + N, K]
        var logs = all.to(float32) / epsilon;
        for (var i = 0; i < iterations; i++)
        {
            using var round = NewDisposeScope();
            logs.sub_(Totals(logs, others));               // each prototype: the same total; its size cancels in the next line
            logs.sub_(logs.logsumexp(1, keepdim: true));   // each sample: a total of one
        }

        return logs.narrow(0, all.shape[0] - scores.shape[0], scores.shape[0]).exp().MoveToOuterDisposeScope();   // [N, K]
    }

    // Logarithms of the prototypes' totals over the samples, [1, K], up to a summand. Totals of several processes are exchanged, not rows, of which each may
    // have another number; float64 holds exp(700).
    private static Tensor Totals(Tensor logs, IProcesses? others) => others is null or { Count: 1 }
        ? logs.logsumexp(0, keepdim: true)
        : others.Mean(logs.to(float64).exp().sum([0], keepdim: true)).log().to(float32);
}
