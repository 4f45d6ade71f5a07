namespace Parallax.Plugins.Parts;

/// <summary>Passes over a matrix a few rows at a time, so that what is computed from them never needs more than some blocks of 32 MiB.</summary>
internal static class RowBlocks
{
    private const long Values = 1 << 23;   // 32 MiB of float32

    /// <summary>Calls back with consecutive rows; temporaries end with each call.</summary>
    /// <param name="rows">[N, D].</param>
    /// <param name="width">Numbers that the callback makes of one row.</param>
    /// <param name="visit">Gets the number of the first row, and the rows, [n, D].</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static void Visit(Tensor rows, long width, Action<long, Tensor> visit, CancellationToken stop = default)
    {
        var (count, size) = (rows.shape[0], Math.Max(1, Values / width));
        var start = 0L;
        do
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            visit(start, rows.narrow(0, start, Math.Min(size, count - start)));
            start += size;
        }
        while (start < count);
    }

    /// <summary>What a function makes of each block of rows, one after the other; all goes into one tensor, block by block.</summary>
    /// <param name="rows">[N, D].</param>
    /// <param name="width">Numbers that the function makes of one row on its way.</param>
    /// <param name="map">From [n, D] to [n, ...].</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>[N, ...].</returns>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static Tensor Map(Tensor rows, long width, Func<Tensor, Tensor> map, CancellationToken stop = default)
    {
        using var scope = NewDisposeScope();
        Tensor? all = null;
        Visit(rows, width, (start, part) =>
        {
            var mapped = map(part);
            all ??= empty([rows.shape[0], .. mapped.shape[1..]], dtype: mapped.dtype, device: mapped.device).MoveToOuterDisposeScope();
            all.narrow(0, start, mapped.shape[0]).copy_(mapped);
        }, stop);

        return all!.MoveToOuterDisposeScope();
    }
}
