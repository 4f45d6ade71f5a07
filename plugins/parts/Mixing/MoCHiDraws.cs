namespace Parallax.Plugins.Parts;

/// <summary>Every random decision of one mixing step: which of a query's N hardest negatives are mixed, and with which weights.</summary>
/// <remarks>
/// Kalantidis et al., "Hard Negative Mixing for Contrastive Learning", NeurIPS 2020, section 4, https://arxiv.org/abs/2010.01028: drawn anew for each query,
/// point and step. A pair may name one negative twice, and the number of points may exceed N, as the paper's own settings need.
/// </remarks>
/// <param name="PickI">First negative of each pair, [B, s] int64 in [0, N).</param>
/// <param name="PickJ">Second negative of each pair, [B, s] int64 in [0, N).</param>
/// <param name="Alpha">Weight of the first negative, [B, s] float32 in [0, 1).</param>
/// <param name="PickQuery">Negative mixed with the query, [B, s'] int64 in [0, N).</param>
/// <param name="Beta">Weight of the query, [B, s'] float32 in [0, 0.5): the negative always outweighs the query.</param>
public sealed record MoCHiDraws(Tensor PickI, Tensor PickJ, Tensor Alpha, Tensor PickQuery, Tensor Beta)
{
    private const double LargestQueryShare = 0.5;

    /// <summary>Draws uniformly.</summary>
    /// <param name="context">Random numbers of the step, and the processes that share them: each takes its rows of what is drawn for the whole batch.</param>
    /// <param name="queries">Number of this process's queries B.</param>
    /// <param name="hardest">Number of hardest negatives N, at least 1.</param>
    /// <param name="pairs">Points between two negatives, s, per query.</param>
    /// <param name="withQuery">Points between query and negative, s', per query.</param>
    /// <param name="device">Where the results shall be.</param>
    public static MoCHiDraws Sample(StepContext context, long queries, int hardest, int pairs, int withQuery, Device device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hardest, 1);

        var (generator, all) = (context.Generator, queries * context.Processes.Count);

        return new(
            PickI: Picks(pairs),
            PickJ: Picks(pairs),
            Alpha: Own(rand([all, pairs], dtype: float32, generator: generator)),
            PickQuery: Picks(withQuery),
            Beta: Own(rand([all, withQuery], dtype: float32, generator: generator).mul(LargestQueryShare)));

        Tensor Picks(long count) => Own(randint(0L, hardest, [all, count], dtype: int64, generator: generator));

        Tensor Own(Tensor rows) => context.Processes.Own(rows).to(device);
    }
}
