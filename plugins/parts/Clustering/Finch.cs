namespace Parallax.Plugins.Parts;

/// <summary>FINCH: clusters that follow from which row is nearest to which, without a number of clusters or any other setting.</summary>
/// <remarks>
/// Sarfraz et al., "Efficient Parameter-free Clustering Using First Neighbor Relations", CVPR 2019, https://arxiv.org/abs/1902.11266, and the authors' code:
/// the first partition are the connected components of <see cref="FirstNeighbours"/>; each further one joins clusters in the same way by their means, over
/// links
/// not longer than the longest of the first round. It ends when one cluster is left or nothing is joined, and that partition does not count; as in the code it
/// also ends after a round that joins only two clusters.
/// </remarks>
public static class Finch
{
    /// <summary>The finest partition.</summary>
    /// <param name="first">The nearest other row of each row.</param>
    /// <returns>Cluster of each row, [N] int64 on the CPU, numbered from 0 in order of first appearance.</returns>
    public static Tensor Finest(FirstNeighbours first) => tensor(ConnectedComponents.Of(
        first.Neighbours.shape[0], first.Neighbours.cpu().data<long>().Select((neighbour, row) => ((long)row, neighbour))));

    /// <summary>All partitions, the finest first.</summary>
    /// <param name="rows">[N, D], N at least 2.</param>
    /// <param name="distance">How far rows are from each other.</param>
    /// <returns>Cluster of each row, [N] int64 on the CPU each, numbered from 0 in order of first appearance.</returns>
    /// <exception cref="ArgumentException">The tensor is not [N, D] with two rows at least.</exception>
    internal static IReadOnlyList<Tensor> Partitions(Tensor rows, RowDistance distance)
    {
        using var scope = NewDisposeScope();
        var first = FirstNeighbours.Of(rows, distance);
        List<Tensor> partitions = [Finest(first)];
        var (longest, clusters, joined) = (first.LongestLink(), Count(partitions[0]), 2L);
        while (joined > 1 && clusters > 1)
        {
            var means = Means(rows, partitions[^1]);                                                                  // [C, D]
            var components = ConnectedComponents.Of(clusters, FirstNeighbours.Of(means, distance).Links(longest));   // C
            var next = tensor(components).index_select(0, partitions[^1]);                                            // [N]
            joined = clusters - Count(next);
            clusters -= joined;
            if (joined > 0 && clusters > 1)
            {
                partitions.Add(next);
            }
        }

        return [.. partitions.Select(partition => partition.MoveToOuterDisposeScope())];
    }

    /// <summary>The mean row of each cluster.</summary>
    /// <param name="rows">[N, D].</param>
    /// <param name="clusters">Cluster of each row, [N] int64; none is empty.</param>
    /// <returns>[C, D] float32.</returns>
    internal static Tensor Means(Tensor rows, Tensor clusters) =>
        KMeans.Means(rows, clusters.to(rows.device), zeros([Count(clusters), rows.shape[1]], dtype: float32, device: rows.device));

    private static long Count(Tensor clusters) => clusters.max().item<long>() + 1;
}
