namespace Parallax.Plugins.Parts;

/// <summary>K-means on the unit sphere: centroids have length one, and a sample belongs to the centroid with the largest dot product.</summary>
/// <remarks>
/// The clustering of DeepCluster-v2: Caron et al., SwAV, NeurIPS 2020, appendix, https://arxiv.org/abs/2006.09882, and its code:
/// rounds of assignment and mean, a centroid without members stays where it is, then a last assignment.
/// </remarks>
public static class SphericalKMeans
{
    /// <summary>Clusters samples around given first centroids.</summary>
    /// <param name="samples">[N, D], rows of length one.</param>
    /// <param name="firstCentroids">[K, D], rows of length one.</param>
    /// <param name="iterations">Rounds of assignment and mean, at least 0.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>Centroids [K, D] float32, rows of length one, and the cluster of each sample, [N] int64; ties go to the lower number.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static (Tensor Centroids, Tensor Assignments) Cluster(
        Tensor samples, Tensor firstCentroids, int iterations, CancellationToken stop = default)
    {
        Rows.RequireSameWidth(samples, nameof(samples), firstCentroids, nameof(firstCentroids));
        ArgumentOutOfRangeException.ThrowIfNegative(iterations);
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();

        var centroids = firstCentroids.detach().to(float32).clone();   // [K, D]
        for (var i = 0; i < iterations; i++)
        {
            using var round = NewDisposeScope();
            var (sums, counts) = (zeros_like(centroids), zeros([centroids.shape[0], 1], device: centroids.device));   // [K, D] and [K, 1]
            ForEachBlock(samples, centroids, (part, members) =>
            {
                // [K, rows]; a product, because scattered sums differ from run to run on a GPU
                var belongs = F.one_hot(members, centroids.shape[0]).to(float32).t();
                sums.add_(belongs.matmul(part));
                counts.add_(belongs.sum(1, keepdim: true));
            }, stop);
            centroids.copy_(F.normalize(where(counts > 0, sums, centroids), dim: 1));   // the direction of a sum is that of the mean
        }

        List<Tensor> assignments = [];
        ForEachBlock(samples, centroids, (_, members) => assignments.Add(members.MoveToOuterDisposeScope()), stop);

        return (centroids.MoveToOuterDisposeScope(), cat([.. assignments], 0).MoveToOuterDisposeScope());
    }

    /// <summary>Random samples as first centroids, each at most once: of two equal centroids, rounding would decide which one has the members.</summary>
    /// <param name="samples">[N, D].</param>
    /// <param name="clusters">Number of centroids K, at most N.</param>
    /// <param name="generator">Random numbers on the CPU.</param>
    /// <returns>[K, D].</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer samples than clusters, or no cluster.</exception>
    public static Tensor RandomMembers(Tensor samples, long clusters, Generator generator)
    {
        Rows.RequireMatrix(samples, nameof(samples));
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clusters, samples.shape[0]);
        var order = randperm(samples.shape[0], dtype: int64, generator: generator);   // [N]

        return samples.index_select(0, order.narrow(0, 0, clusters).to(samples.device));
    }

    /// <summary>Calls back with some rows and their nearest centroids, [rows, D] and [rows]; temporaries end with each call.</summary>
    private static void ForEachBlock(Tensor samples, Tensor centroids, Action<Tensor, Tensor> visit, CancellationToken stop) =>
        RowBlocks.Visit(samples, centroids.shape[0], (_, rows) =>
        {
            var part = rows.to(float32);
            visit(part, part.matmul(centroids.t()).argmax(1));
        }, stop);
}
