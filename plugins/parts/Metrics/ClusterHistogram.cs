namespace Parallax.Plugins.Parts;

/// <summary>How samples spread over clusters.</summary>
/// <param name="Entropy">Of the shares, in nats: the logarithm of the number of clusters where all are equally large, 0 where one has all.</param>
/// <param name="Empty">Clusters without a sample.</param>
/// <param name="LargestShare">Share of samples in the largest cluster, a fraction in (0, 1].</param>
public sealed record ClusterHistogram(double Entropy, int Empty, double LargestShare)
{
    /// <summary>Counts the samples of each cluster.</summary>
    /// <param name="assignments">Cluster of each sample, [N] int64, from 0 to <paramref name="clusters"/> - 1.</param>
    /// <param name="clusters">Number of clusters.</param>
    public static ClusterHistogram Of(Tensor assignments, long clusters)
    {
        var sizes = ClusterSizes.Of(assignments, clusters);
        var samples = (double)sizes.Sum();
        double[] shares = [.. sizes.Select(size => size / samples)];

        return new(-shares.Where(share => share > 0).Sum(share => share * Math.Log(share)), sizes.Count(size => size == 0), shares.Max());
    }
}
