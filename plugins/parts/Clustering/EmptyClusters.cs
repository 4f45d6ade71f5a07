using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>What becomes of clusters that k-means left without samples.</summary>
public static class EmptyClusters
{
    /// <summary>How far faiss moves both centroids apart, as a share of each coordinate.</summary>
    internal const double RelativeShift = 1.0 / 1024;

    /// <summary>How far DeeperCluster's code moves each coordinate.</summary>
    internal const double AbsoluteShift = 1e-7;

    /// <summary>The rule of faiss: an empty cluster gets the centroid of another one, and both are moved apart a little. The next assignment divides the
    /// samples.</summary>
    /// <remarks>
    /// Johnson et al., faiss, <c>Clustering.cpp</c>, as used by Caron et al., DeepCluster, ECCV 2018, https://arxiv.org/abs/1807.05520: coordinates are
    /// multiplied by 1 + 1/1024 and 1 - 1/1024 in turn, the other way round for the other centroid; each is taken to have half of the samples.
    /// </remarks>
    /// <param name="centroids">[C, D]; changed in place.</param>
    /// <param name="sizes">Samples of each cluster; changed in place.</param>
    /// <param name="donor">From the sizes so far to the cluster that is split.</param>
    /// <param name="shift">What is added to 1 and taken from it.</param>
    public static void Split(Tensor centroids, long[] sizes, Func<long[], int> donor, double shift = RelativeShift)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var away = 1 + (shift * Signs(centroids));   // [D]
        foreach (var empty in Empty(sizes))
        {
            var source = donor(sizes);
            Copy(centroids, source, empty);
            centroids[empty].mul_(away);
            centroids[source].mul_(2 - away);
            Share(sizes, source, empty);
        }
    }

    /// <summary>The rule of DeeperCluster: as <see cref="Split"/>, but samples are divided at once, the first half of them in their order.</summary>
    /// <remarks>
    /// Caron et al., DeeperCluster, ICCV 2019, https://arxiv.org/abs/1905.01278, as in the authors' code (<c>distributed_kmeans.py</c>): coordinates are
    /// shifted by 1e-7, and of an odd number of samples one more than the size says is relabelled.
    /// </remarks>
    /// <param name="centroids">[C, D]; changed in place.</param>
    /// <param name="sizes">Samples of each cluster; changed in place.</param>
    /// <param name="assignments">Cluster of each sample, [N] int64; changed in place.</param>
    /// <param name="donor">From the sizes so far to the cluster that is split, or -1 to leave the other empty clusters as they are.</param>
    /// <param name="shift">How far each coordinate is moved.</param>
    public static void Halve(Tensor centroids, long[] sizes, Tensor assignments, Func<long[], int> donor, double shift = AbsoluteShift)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var signed = shift * Signs(centroids);   // [D]
        foreach (var empty in Empty(sizes))
        {
            var source = donor(sizes);
            if (source < 0)
            {
                return;
            }

            Copy(centroids, source, empty);
            centroids[empty].sub_(signed);
            centroids[source].add_(signed);
            Share(sizes, source, empty);
            var members = (assignments == source).nonzero().flatten();   // [m]
            assignments.index_fill_(0, members.narrow(0, 0, Math.Min(sizes[source], members.shape[0])), empty);
        }
    }

    /// <summary>Divides large clusters until none is empty, by <see cref="Halve"/>; every cluster is divided at most once in a pass.</summary>
    /// <remarks>Differs from the authors' code, where all empty clusters of a pass divide the same one: the generator is seeded before each draw.</remarks>
    /// <param name="centroids">[C, D]; changed in place.</param>
    /// <param name="assignments">Cluster of each sample, [N] int64, N at least C; changed in place.</param>
    /// <param name="random">Chooses the clusters that are divided.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer samples than clusters.</exception>
    public static void Fill(Tensor centroids, Tensor assignments, CounterRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(assignments.shape[0], centroids.shape[0]);
        for (var sizes = ClusterSizes.Of(assignments, centroids.shape[0]); sizes.Contains(0); sizes = ClusterSizes.Of(assignments, centroids.shape[0]))
        {
            var donors = Enumerable.Range(0, sizes.Length).Where(cluster => sizes[cluster] > 1).ToArray();
            random.Shuffle<int>(donors);
            var next = 0;
            Halve(centroids, sizes, assignments, _ => next < donors.Length ? donors[next++] : -1);
        }
    }

    /// <summary>A cluster to split, drawn with a probability in proportion to its size minus one.</summary>
    /// <param name="sizes">Samples of each cluster; one has more than one.</param>
    /// <param name="uniform">A random number in [0, 1).</param>
    /// <exception cref="ArgumentException">No cluster has two samples.</exception>
    public static int DrawDonor(IReadOnlyList<long> sizes, double uniform)
    {
        var left = (long)(uniform * sizes.Sum(size => Math.Max(0, size - 1)));
        for (var cluster = 0; cluster < sizes.Count; cluster++)
        {
            left -= Math.Max(0, sizes[cluster] - 1);
            if (left < 0)
            {
                return cluster;
            }
        }

        throw new ArgumentException("No cluster has two samples, so that none can be split; expected at least as many samples as clusters.", nameof(sizes));
    }

    private static int[] Empty(long[] sizes) => [.. Enumerable.Range(0, sizes.Length).Where(cluster => sizes[cluster] == 0)];

    private static void Copy(Tensor centroids, int source, int target) => centroids[target].copy_(centroids[source]);

    private static void Share(long[] sizes, int source, int target)
    {
        sizes[target] = sizes[source] / 2;
        sizes[source] -= sizes[target];
    }

    // 1, -1, 1, ... over the coordinates
    private static Tensor Signs(Tensor centroids) =>
        1 - (2 * arange(centroids.shape[1], dtype: int64, device: centroids.device).remainder(2)).to(centroids.dtype);   // [D]
}
