using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Which images an epoch shows when every cluster shall be seen equally often: without it, labels collapse to a few large clusters.</summary>
/// <remarks>
/// Caron et al., DeepCluster, ECCV 2018, section 3.2, https://arxiv.org/abs/1807.05520, as in the authors' code (<c>UnifLabelSampler</c>): of each cluster that
/// is not empty floor(N / such clusters) + 1 images, repeated only where it has no more than these; shuffled, and cut to N.
/// </remarks>
public static class UniformClusters
{
    /// <summary>How many images are drawn of each cluster.</summary>
    /// <param name="sizes">Images of each cluster; one is not empty.</param>
    /// <param name="length">Images that are wanted in all, N.</param>
    /// <exception cref="ArgumentException">All clusters are empty.</exception>
    public static long Quota(IReadOnlyCollection<long> sizes, long length)
    {
        var used = sizes.Count(size => size > 0);

        return used > 0 ? (length / used) + 1 : throw new ArgumentException("All clusters are empty; expected one with images.", nameof(sizes));
    }

    /// <summary>Whether images of a cluster are drawn several times.</summary>
    /// <param name="size">Images of the cluster.</param>
    /// <param name="quota">Images that are drawn of it.</param>
    public static bool Repeats(long size, long quota) => size > 0 && size <= quota;

    /// <summary>Images in the order in which they are shown.</summary>
    /// <param name="members">Images of each cluster (<see cref="ClusterSizes.Members"/>).</param>
    /// <param name="length">How many are shown.</param>
    /// <param name="random">Chooses and shuffles; changed.</param>
    /// <returns>As many images; some several times, some not at all.</returns>
    /// <exception cref="ArgumentException">All clusters are empty.</exception>
    public static long[] Order(IReadOnlyCollection<long[]> members, long length, ref CounterRandom random)
    {
        var quota = Quota([.. members.Select(images => images.LongLength)], length);
        List<long> pool = [];
        foreach (var images in members)
        {
            pool.AddRange(Repeats(images.LongLength, quota) ? WithReplacement(images, quota, ref random) : WithoutReplacement(images, quota, ref random));
        }

        var order = pool.ToArray();
        random.Shuffle<long>(order);

        return order[..(int)length];
    }

    private static long[] WithReplacement(long[] images, long quota, ref CounterRandom random)
    {
        var drawn = new long[quota];
        for (var i = 0; i < quota; i++)
        {
            drawn[i] = images[random.NextInt(images.Length)];
        }

        return drawn;
    }

    private static long[] WithoutReplacement(long[] images, long quota, ref CounterRandom random)
    {
        var shuffled = images.ToArray();
        random.Shuffle<long>(shuffled);

        return shuffled[..(int)Math.Min(quota, shuffled.Length)];
    }
}
