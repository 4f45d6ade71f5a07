using System.Globalization;

namespace Parallax.Plugins.Parts;

/// <summary>How many samples the clusters of an assignment have.</summary>
public static class ClusterSizes
{
    /// <summary>The number of samples of each cluster.</summary>
    /// <param name="assignments">Cluster of each sample, [N] int64, on any device.</param>
    /// <param name="clusters">Number of clusters C.</param>
    /// <returns>C numbers that add up to N.</returns>
    public static long[] Of(Tensor assignments, long clusters)
    {
        using var scope = NewDisposeScope();

        return assignments.bincount(null, minlength: clusters).cpu().data<long>().ToArray();
    }

    /// <summary>The samples of each cluster, in ascending order.</summary>
    /// <param name="assignments">Cluster of each sample, [N] int64, on any device.</param>
    /// <param name="clusters">Number of clusters C.</param>
    /// <returns>One array per cluster.</returns>
    public static long[][] Members(Tensor assignments, long clusters)
    {
        using var scope = NewDisposeScope();
        long[][] members = [.. Of(assignments, clusters).Select(size => new long[size])];
        var filled = new int[clusters];
        var image = 0L;
        foreach (var cluster in assignments.cpu().data<long>().ToArray())
        {
            members[cluster][filled[cluster]++] = image++;
        }

        return members;
    }

    /// <summary>A sentence for the log: clusters without samples, and the share of the largest.</summary>
    /// <param name="assignments">Cluster of each sample, [N] int64, on any device.</param>
    /// <param name="clusters">Number of clusters.</param>
    public static string Describe(Tensor assignments, long clusters)
    {
        var histogram = ClusterHistogram.Of(assignments, clusters);

        return string.Create(CultureInfo.InvariantCulture,
            $"{histogram.Empty} of {clusters} clusters are empty, the largest has {histogram.LargestShare:P2} of the images");
    }
}
