namespace Parallax.Plugins.Evaluators;

/// <summary>The rows of a bank most similar to each query, some queries at a time: memory stays at about 64 MB whatever the size of the bank.</summary>
internal static class SimilarRows
{
    private const long NumbersPerChunk = 1 << 24;

    /// <summary>What a function makes of each chunk of queries.</summary>
    /// <param name="queries">[N, F].</param>
    /// <param name="bank">[M, F].</param>
    /// <param name="k">Rows per query, from 1 to M.</param>
    /// <param name="map">From similarities and rows of the bank, [n, k] each, the most similar first, to [n, ...].</param>
    /// <param name="progress">Receives fractions in [0, 1].</param>
    /// <returns>[N, ...].</returns>
    public static Tensor Map(Tensor queries, Tensor bank, int k, Func<Tensor, Tensor, Tensor> map, IProgress<double>? progress = null)
    {
        var total = queries.shape[0];
        var step = Math.Max(1, NumbersPerChunk / bank.shape[0]);
        var transposed = bank.t();   // [F, M]
        var chunks = new List<Tensor>();
        for (long start = 0; start < total; start += step)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(step, total - start);
            var (similarities, rows) = queries.narrow(0, start, count).matmul(transposed).topk(k, 1);   // [n, k] each
            chunks.Add(map(similarities, rows).MoveToOuterDisposeScope());                              // [n, ...]
            progress?.Report((double)(start + count) / total);
        }

        return cat(chunks, 0);   // [N, ...]
    }
}
