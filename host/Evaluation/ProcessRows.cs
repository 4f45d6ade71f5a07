namespace Parallax.Host.Evaluation;

/// <summary>Joins the rows that each process has of a matrix. Some go at a time, so that nothing but the result grows with their number.</summary>
/// <param name="gather">Joins rows of all processes, as many of each, by their ranks.</param>
/// <param name="rank">Which process this is.</param>
/// <param name="most">Numbers that a process sends at a time; less than a row sends a row.</param>
internal sealed class ProcessRows(Func<Tensor, Tensor> gather, int rank, long most = 1 << 23)   // 32 MiB of float32
{
    /// <summary>All rows, [N, F]; every process calls it.</summary>
    /// <param name="own">Rows of this process, [n, F].</param>
    /// <param name="starts">Where the rows of each process begin among all, and the number N of all; the same on all.</param>
    public Tensor All(Tensor own, long[] starts)
    {
        var all = torch.empty(starts[^1], own.shape[1]);
        long[] lengths = [.. starts.Zip(starts.Skip(1), (start, end) => end - start)];
        var block = Math.Max(1, most / own.shape[1]);
        for (var first = 0L; first < lengths.Max(); first += block)
        {
            using var scope = torch.NewDisposeScope();
            var size = Math.Min(block, lengths.Max() - first);
            var sent = torch.zeros(size, own.shape[1]);            // padded, so that it is equal on all
            Copy(own, first, sent, 0, Rows(rank));
            var received = gather(sent);                            // [size * processes, F]
            for (var other = 0; other < lengths.Length; other++)
            {
                Copy(received, other * size, all, starts[other] + first, Rows(other));
            }

            long Rows(int process) => Math.Clamp(lengths[process] - first, 0, size);
        }

        return all;
    }

    private static void Copy(Tensor source, long from, Tensor target, long to, long count)
    {
        if (count > 0)
        {
            target.narrow(0, to, count).copy_(source.narrow(0, from, count));
        }
    }
}
