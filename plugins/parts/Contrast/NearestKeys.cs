namespace Parallax.Plugins.Parts;

/// <summary>The keys most similar to each query, or keys of its own choice, a few queries at a time: memory does not grow with queries times keys. Constants
/// for the gradient.</summary>
/// <param name="Similarities">Dot products, [N, n] float32, largest first where they were looked for.</param>
/// <param name="Indices">Rows of the keys, [N, n] int64.</param>
internal readonly record struct NearestKeys(Tensor Similarities, Tensor Indices)
{
    private const long NumbersPerBlock = 1 << 22;   // 16 MiB of float32

    /// <summary>Finds them.</summary>
    /// <param name="queries">[N, D].</param>
    /// <param name="keys">[K, D].</param>
    /// <param name="count">Keys per query, n, from 1 to K.</param>
    /// <param name="leavesOwnOut">Whether query i may not find key i.</param>
    public static NearestKeys Of(Tensor queries, Tensor keys, int count, bool leavesOwnOut = false) => Of(queries, keys, count, (start, similarities) =>
    {
        if (leavesOwnOut)
        {
            similarities.diagonal(start).fill_(double.NegativeInfinity);
        }
    });

    /// <summary>Finds them.</summary>
    /// <param name="queries">[N, D].</param>
    /// <param name="keys">[K, D].</param>
    /// <param name="count">Keys per query, n, from 1 to K.</param>
    /// <param name="change">Changes the similarities of some queries in place: is given the first of them, and [rows, K].</param>
    public static NearestKeys Of(Tensor queries, Tensor keys, int count, Action<long, Tensor> change)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var (q, k) = (queries.to(float32), keys.to(float32).t());   // [N, D], [D, K]
        var blocks = new List<(Tensor Values, Tensor Indices)>();
        ForEachBlock(q.shape[0], k.shape[1], (start, rows) =>
        {
            var similarities = q.narrow(0, start, rows).matmul(k);   // [rows, K]
            change(start, similarities);
            var (values, indices) = count == 1 ? similarities.max(1, keepdim: true) : similarities.topk(count, 1);
            blocks.Add((values.MoveToOuterDisposeScope(), indices.MoveToOuterDisposeScope()));
        });

        return new(
            cat([.. blocks.Select(block => block.Values)], 0).MoveToOuterDisposeScope(),
            cat([.. blocks.Select(block => block.Indices)], 0).MoveToOuterDisposeScope());
    }

    /// <summary>Keys that are chosen already: their dot products.</summary>
    /// <param name="queries">[N, D].</param>
    /// <param name="keys">[K, D].</param>
    /// <param name="indices">Rows of the keys, [N, n] int64; a row may stand several times.</param>
    public static NearestKeys At(Tensor queries, Tensor keys, Tensor indices)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        var (count, width) = (indices.shape[1], keys.shape[1]);
        var similarities = empty([indices.shape[0], count], dtype: float32, device: keys.device);   // [N, n]
        ForEachBlock(indices.shape[0], count * width, (start, rows) =>
        {
            var chosen = Chosen(keys, indices.narrow(0, start, rows), width);                          // [rows, n, D]
            similarities.narrow(0, start, rows).copy_(chosen.bmm(queries.narrow(0, start, rows).to(float32).unsqueeze(2)).squeeze(2));
        });

        return new(similarities, indices);
    }

    /// <summary>Weighted sums of keys: sum over t of w_it k_(index it).</summary>
    /// <param name="keys">[K, D].</param>
    /// <param name="indices">[N, n] int64.</param>
    /// <param name="weights">[N, n] float32.</param>
    /// <returns>[N, D] float32; carries no gradient.</returns>
    public static Tensor Weighted(Tensor keys, Tensor indices, Tensor weights)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        var (count, width) = (indices.shape[1], keys.shape[1]);
        var sums = empty([indices.shape[0], width], dtype: float32, device: keys.device);   // [N, D]
        ForEachBlock(indices.shape[0], count * width, (start, rows) =>
        {
            var chosen = Chosen(keys, indices.narrow(0, start, rows), width);                          // [rows, n, D]
            sums.narrow(0, start, rows).copy_(weights.narrow(0, start, rows).unsqueeze(1).bmm(chosen).squeeze(1));
        });

        return sums;
    }

    private static Tensor Chosen(Tensor keys, Tensor indices, long width) =>
        keys.index_select(0, indices.flatten()).to(float32).view(indices.shape[0], indices.shape[1], width);

    private static void ForEachBlock(long rows, long numbersPerRow, Action<long, long> visit)
    {
        var size = Math.Max(1, NumbersPerBlock / numbersPerRow);
        for (var start = 0L; start < rows; start += size)
        {
            using var scope = NewDisposeScope();
            visit(start, Math.Min(size, rows - start));
        }
    }
}
