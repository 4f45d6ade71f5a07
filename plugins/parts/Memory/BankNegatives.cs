namespace Parallax.Plugins.Parts;

/// <summary>Which rows of a bank are a query's negatives.</summary>
public enum NegativeSampler
{
    /// <summary>Any rows.</summary>
    Random,

    /// <summary>Random ones of the least similar rows.</summary>
    SemiEasy,

    /// <summary>Random ones of the most similar rows.</summary>
    SemiHard,

    /// <summary>The most similar rows.</summary>
    Hard,
}

/// <summary>Draws negatives from a bank with a row per image.</summary>
/// <remarks>
/// Xie et al., "Delving into Inter-Image Invariance for Unsupervised Visual Representations", IJCV 2022, section 3.3, https://arxiv.org/abs/2008.11702.
/// Differs from the authors' code: every query takes the same places of its own ranking, shifted by a random number of places. So each draw is uniform and
/// without repetition, but costs one permutation a step, not one per query.
/// </remarks>
public static class BankNegatives
{
    /// <summary>Chooses rows for each query.</summary>
    /// <param name="q">This process's queries, [N, D]; normalised here.</param>
    /// <param name="bank">[M, D], rows of length one.</param>
    /// <param name="sampler">Which rows.</param>
    /// <param name="pool">Rows that <see cref="NegativeSampler.SemiHard"/> and <see cref="NegativeSampler.SemiEasy"/> draw from, P, at most M.</param>
    /// <param name="count">Rows per query, n, at most P.</param>
    /// <param name="context">Random numbers of the step, and the processes that share them.</param>
    /// <returns>Rows of the bank, [N, n] int64, no row twice in a line.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">More rows are asked for than there are.</exception>
    public static Tensor Choose(Tensor q, Tensor bank, NegativeSampler sampler, int pool, int count, StepContext context)
    {
        Rows.RequireSameWidth(q, nameof(q), bank, nameof(bank));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pool, bank.shape[0]);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, pool);
        using var noGradients = no_grad();
        using var precision = Precision.Float32();

        if (sampler == NegativeSampler.Hard)
        {
            return Similarities().topk(count, 1).indexes;                                            // [N, n]
        }

        var range = sampler == NegativeSampler.Random ? bank.shape[0] : pool;
        var (all, generator) = (q.shape[0] * context.Processes.Count, context.Generator);
        var common = randperm(range, dtype: int64, generator: generator).narrow(0, 0, count);        // [n]
        var shifts = context.Processes.Own(randint(0L, range, [all, 1], dtype: int64, generator: generator));   // [N, 1]
        var places = (common.unsqueeze(0) + shifts).remainder(range).to(q.device);                   // [N, n]

        return sampler == NegativeSampler.Random
            ? places
            : Similarities().topk(pool, 1, largest: sampler == NegativeSampler.SemiHard).indexes.gather(1, places);

        Tensor Similarities() => Rows.Unit(q.detach()).matmul(bank.t());                             // [N, M]
    }
}
