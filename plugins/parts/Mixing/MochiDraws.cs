namespace Parallax.Plugins.Parts;

/// <summary>Every random decision of one mixing step: which of a query's N hardest negatives are mixed, and with which weights.</summary>
/// <remarks>
/// Kalantidis et al., "Hard Negative Mixing for Contrastive Learning", NeurIPS 2020, section 4, https://arxiv.org/abs/2010.01028: drawn anew for each query, point and step.
/// A pair may name one negative twice, and the number of points may exceed N, as the paper's own settings need.
/// </remarks>
/// <param name="PickI">First negative of each pair, [B, s] int64 in [0, N).</param>
/// <param name="PickJ">Second negative of each pair, [B, s] int64 in [0, N).</param>
/// <param name="Alpha">Weight of the first negative, [B, s] float32 in [0, 1).</param>
/// <param name="PickQuery">Negative mixed with the query, [B, s'] int64 in [0, N).</param>
/// <param name="Beta">Weight of the query, [B, s'] float32 in [0, 0.5): the negative always outweighs the query.</param>
public sealed record MochiDraws(Tensor PickI, Tensor PickJ, Tensor Alpha, Tensor PickQuery, Tensor Beta)
{
    private const double LargestQueryShare = 0.5;

    /// <summary>Draws uniformly.</summary>
    /// <param name="generator">Random numbers of the step, on the CPU: the same numbers for every device.</param>
    /// <param name="queries">Number of queries B.</param>
    /// <param name="hardest">Number of hardest negatives N, at least 1.</param>
    /// <param name="pairs">Points between two negatives, s, per query.</param>
    /// <param name="withQuery">Points between query and negative, s', per query.</param>
    /// <param name="device">Where the results shall be.</param>
    public static MochiDraws Sample(Generator generator, long queries, int hardest, int pairs, int withQuery, Device device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hardest, 1);

        return new(
            PickI: Picks(pairs),
            PickJ: Picks(pairs),
            Alpha: rand([queries, pairs], dtype: float32, generator: generator).to(device),
            PickQuery: Picks(withQuery),
            Beta: rand([queries, withQuery], dtype: float32, generator: generator).mul(LargestQueryShare).to(device));

        Tensor Picks(long count) => randint(0L, hardest, [queries, count], dtype: int64, generator: generator).to(device);
    }
}
