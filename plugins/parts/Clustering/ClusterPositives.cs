using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>A positive for each sample: itself, or another member of its cluster.</summary>
/// <remarks>Hosseini Khorasgani et al., "SLIC", CVPR 2022, https://arxiv.org/abs/2206.12534. What is drawn for a sample is keyed by (seed, epoch,
/// sample).</remarks>
public static class ClusterPositives
{
    /// <summary>Draws them for an epoch.</summary>
    /// <param name="clusters">Cluster of each sample, [N] int64 from 0 to N - 1, on any device.</param>
    /// <param name="ownShare">Share of the samples that are their own positive, a fraction in [0, 1]; the only member of a cluster always is.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <returns>N indices; of the others of a cluster each as likely as any.</returns>
    public static long[] Of(Tensor clusters, double ownShare, long seed, int epoch)
    {
        var members = ClusterSizes.Members(clusters, clusters.shape[0]);
        var positives = new long[clusters.shape[0]];
        foreach (var cluster in members)
        {
            foreach (var sample in cluster)
            {
                var random = new CounterRandom(seed, epoch, sample, RandomPurpose.Sampling);
                positives[sample] = random.Chance(ownShare) || cluster.Length == 1 ? sample : Other(cluster, sample, ref random);
            }
        }

        return positives;
    }

    // The last member stands in for the sample itself.
    private static long Other(long[] cluster, long sample, ref CounterRandom random)
    {
        var drawn = cluster[random.NextInt(cluster.Length - 1)];

        return drawn == sample ? cluster[^1] : drawn;
    }
}
