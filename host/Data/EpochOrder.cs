namespace Parallax.Host.Data;

/// <summary>The order in which an epoch visits a data set.</summary>
internal static class EpochOrder
{
    private const int AllSamples = -1;

    /// <summary>A permutation that depends on seed and epoch only.</summary>
    public static long[] Shuffled(long count, long seed, long epoch)
    {
        var order = InIndexOrder(0, count);
        var random = new CounterRandom(seed, epoch, sample: AllSamples, RandomPurpose.Order);
        random.Shuffle(order.AsSpan());

        return order;
    }

    public static long[] InIndexOrder(long start, long end)
    {
        var order = new long[end - start];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = start + i;
        }

        return order;
    }
}
