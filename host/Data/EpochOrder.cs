namespace Parallax.Host.Data;

/// <summary>The order in which an epoch visits a data set.</summary>
internal static class EpochOrder
{
    private const int AllSamples = -1;
    private const int RepetitionShift = 40;   // indices stay below 2^40

    /// <summary>A permutation that depends on seed, epoch and purpose only.</summary>
    public static long[] Shuffled(long count, long seed, long epoch, RandomPurpose purpose = RandomPurpose.Order)
    {
        var order = InIndexOrder(0, count);
        var random = new CounterRandom(seed, epoch, sample: AllSamples, purpose);
        random.Shuffle(order.AsSpan());

        return order;
    }

    /// <summary>Keys for an order in which images may stand several times: each time with other random numbers.</summary>
    /// <param name="images">Indices of images, in order.</param>
    /// <param name="count">Images of the data set.</param>
    /// <exception cref="InvalidOperationException">There are more or fewer than images in the data set, or one is none of them.</exception>
    public static long[] Keys(IReadOnlyList<long> images, long count)
    {
        if (images.Count != count || images.Any(image => image < 0 || image >= count))
        {
            throw new InvalidOperationException(
                $"The method gives {images.Count} images for an epoch, from {images.Min()} to {images.Max()}; expected {count}, from 0 to {count - 1}.");
        }

        var times = new Dictionary<long, long>();

        return [.. images.Select(image => image + ((times[image] = times.GetValueOrDefault(image, -1) + 1) << RepetitionShift))];
    }

    /// <summary>The image of one of <see cref="Keys"/>, or of an order without repetitions.</summary>
    public static long ImageOf(long key) => key & ((1L << RepetitionShift) - 1);

    /// <summary>How often that image stood before in the order.</summary>
    public static long RepetitionOf(long key) => key >> RepetitionShift;

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
