namespace Parallax.Contracts;

/// <summary>The rows of a bank most similar to each query, some queries at a time: memory stays at about 64 MB whatever the size of the bank.</summary>
public static class SimilarRows
{
    private const long NumbersPerChunk = 1 << 24;

    /// <summary>Gives similarities to a function, some queries at a time.</summary>
    /// <param name="queries">[N, F].</param>
    /// <param name="bank">[M, F].</param>
    /// <param name="use">Receives the first query of a chunk and the similarities, [n, M], which are disposed afterwards.</param>
    public static void ForEach(Tensor queries, Tensor bank, Action<long, Tensor> use)
    {
        var total = queries.shape[0];
        var step = Math.Max(1, NumbersPerChunk / bank.shape[0]);
        var transposed = bank.t();   // [F, M]
        for (long start = 0; start < total; start += step)
        {
            using var scope = torch.NewDisposeScope();
            use(start, queries.narrow(0, start, Math.Min(step, total - start)).matmul(transposed));   // [n, M]
        }
    }

    /// <summary>What a function makes of each chunk of queries.</summary>
    /// <param name="queries">[N, F].</param>
    /// <param name="bank">[M, F].</param>
    /// <param name="k">Rows per query, from 1 to M.</param>
    /// <param name="map">From similarities and rows of the bank, [n, k] each, the most similar first, to [n, ...].</param>
    /// <param name="progress">Receives fractions in [0, 1].</param>
    /// <param name="leaveOutSelf">Whether the row of the bank at a query's own place is none of its rows: where queries and bank are the same rows. k is at
    /// most M - 1 then.</param>
    /// <returns>[N, ...].</returns>
    public static Tensor Map(
        Tensor queries, Tensor bank, int k, Func<Tensor, Tensor, Tensor> map, IProgress<double>? progress = null, bool leaveOutSelf = false)
    {
        var chunks = new List<Tensor>();
        ForEach(queries, bank, (start, all) =>
        {
            if (leaveOutSelf)
            {
                all.diagonal(start).fill_(float.NegativeInfinity);           // a view: [n, M] from column start on
            }

            var (similarities, rows) = all.topk(k, 1);                       // [n, k] each
            chunks.Add(map(similarities, rows).MoveToOuterDisposeScope());   // [n, ...]
            progress?.Report((double)(start + all.shape[0]) / queries.shape[0]);
        });

        return torch.cat(chunks, 0);   // [N, ...]
    }
}
