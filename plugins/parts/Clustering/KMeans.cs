using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Plain k-means (Lloyd): a sample belongs to the nearest centroid, a centroid is the mean of its samples.</summary>
/// <remarks>
/// Sums are taken in float64, so that their order on a device does not show in float32. Distances are computed for some rows at a time: beside samples and
/// centroids it needs some blocks of 32 MiB, however many samples and clusters there are (figures in docs/performance.md).
/// </remarks>
public static class KMeans
{
    /// <summary>Clusters samples around given first centroids.</summary>
    /// <param name="samples">[N, D].</param>
    /// <param name="firstCentroids">[C, D].</param>
    /// <param name="iterations">Rounds of assignment and mean, at least 0; a last assignment follows.</param>
    /// <param name="repair">Gets the means and the number of samples of each cluster after every round, and may move both in place: what becomes of
    /// empty clusters. Null leaves them where they were.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>Centroids [C, D] float32, and the cluster of each sample, [N] int64. A cluster may end empty.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static (Tensor Centroids, Tensor Assignments) Cluster(
        Tensor samples, Tensor firstCentroids, int iterations, Action<Tensor, long[]>? repair = null, CancellationToken stop = default)
    {
        Rows.RequireSameWidth(samples, nameof(samples), firstCentroids, nameof(firstCentroids));
        ArgumentOutOfRangeException.ThrowIfNegative(iterations);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        var centroids = firstCentroids.detach().to(float32);
        for (var i = 0; i < iterations; i++)
        {
            using var before = centroids;
            using var nearest = Nearest(samples, before, stop);
            centroids = Means(samples, nearest, before);
            repair?.Invoke(centroids, ClusterSizes.Of(nearest, centroids.shape[0]));
        }

        return (centroids.MoveToOuterDisposeScope(), Nearest(samples, centroids, stop).MoveToOuterDisposeScope());
    }

    /// <summary>Clusters samples around random ones of them; an empty cluster takes over a part of a large one (<see cref="EmptyClusters.Split"/>).</summary>
    /// <remarks>The k-means of faiss, as Caron et al., DeepCluster, ECCV 2018, https://arxiv.org/abs/1807.05520, use it.</remarks>
    /// <param name="samples">[N, D].</param>
    /// <param name="clusters">Number of clusters C, at most N.</param>
    /// <param name="iterations">Rounds of assignment and mean; a last assignment follows.</param>
    /// <param name="random">Chooses the first centroids, and the clusters that are split.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>Centroids [C, D] float32, and the cluster of each sample, [N] int64. A cluster may end empty, but rarely does.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer samples than clusters, or no cluster.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static (Tensor Centroids, Tensor Assignments) ClusterAll(
        Tensor samples, long clusters, int iterations, CounterRandom random, CancellationToken stop = default)
    {
        using var generator = new Generator(random.NextUInt32());
        using var first = SphericalKMeans.RandomMembers(samples, clusters, generator);

        return Cluster(samples, first, iterations, (centroids, sizes) => EmptyClusters.Split(
            centroids, sizes, current => EmptyClusters.DrawDonor(current, random.NextDouble())), stop);
    }

    /// <summary>The nearest centroid of each sample.</summary>
    /// <param name="samples">[N, D].</param>
    /// <param name="centroids">[C, D].</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>[N] int64; ties go to the lower number.</returns>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static Tensor Nearest(Tensor samples, Tensor centroids, CancellationToken stop = default)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        // |x - c|² / 2 = |x|² / 2 + offset - x·c, and the first term is the same for every centroid
        var (offsets, columns) = (centroids.square().sum(1) / 2, centroids.t());   // [C], [D, C]

        return RowBlocks.Map(samples, centroids.shape[0], part => part.to(float32).matmul(columns).sub_(offsets).argmax(1), stop).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of each cluster.</summary>
    /// <param name="samples">[N, D].</param>
    /// <param name="assignments">Cluster of each sample, [N] int64.</param>
    /// <param name="ofEmpty">What clusters without samples get, [C, D].</param>
    /// <returns>[C, D] float32, not normalised.</returns>
    public static Tensor Means(Tensor samples, Tensor assignments, Tensor ofEmpty)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var sums = zeros(ofEmpty.shape, dtype: float64, device: samples.device);   // [C, D]
        RowBlocks.Visit(samples, samples.shape[1], (start, part) => sums.index_add_(0, assignments.narrow(0, start, part.shape[0]), part.to(float64), 1));
        var counts = assignments.bincount(null, minlength: ofEmpty.shape[0]).unsqueeze(1);   // [C, 1]

        return where(counts > 0, (sums / counts.clamp_min(1)).to(float32), ofEmpty).MoveToOuterDisposeScope();
    }

    /// <summary>How far each sample is from the centroid of its cluster, squared.</summary>
    /// <param name="samples">[N, D].</param>
    /// <param name="centroids">[C, D].</param>
    /// <param name="assignments">Cluster of each sample, [N] int64.</param>
    /// <returns>[N] float32.</returns>
    public static Tensor SquaredDistances(Tensor samples, Tensor centroids, Tensor assignments)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        List<Tensor> parts = [];
        RowBlocks.Visit(samples, samples.shape[1], (start, part) => parts.Add(
            (part.to(float32) - centroids.index_select(0, assignments.narrow(0, start, part.shape[0]))).square().sum(1).MoveToOuterDisposeScope()));

        return cat([.. parts], 0).MoveToOuterDisposeScope();
    }
}
