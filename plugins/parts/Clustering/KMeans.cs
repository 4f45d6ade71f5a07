namespace Parallax.Plugins.Parts;

/// <summary>Plain k-means (Lloyd): a sample belongs to the nearest centroid, a centroid is the mean of its samples.</summary>
/// <remarks>Without randomness of its own: the first centroids are given. Sums are taken in float64, so that their order on a device does not show in
/// float32.</remarks>
public static class KMeans
{
    private const long ChunkValues = 1 << 23;   // 32 MiB of float32 at a time, whatever the data set's size

    /// <summary>Clusters samples around given first centroids.</summary>
    /// <param name="samples">[N, D].</param>
    /// <param name="firstCentroids">[C, D].</param>
    /// <param name="iterations">Rounds of assignment and mean, at least 0; a last assignment follows.</param>
    /// <returns>Centroids [C, D] float32, and the cluster of each sample, [N] int64. A cluster may end empty; its centroid stays where it was.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static (Tensor Centroids, Tensor Assignments) Cluster(Tensor samples, Tensor firstCentroids, int iterations)
    {
        Rows.RequireSameWidth(samples, nameof(samples), firstCentroids, nameof(firstCentroids));
        ArgumentOutOfRangeException.ThrowIfNegative(iterations);
        using var scope = NewDisposeScope();

        var centroids = firstCentroids.detach().to(float32);
        for (var i = 0; i < iterations; i++)
        {
            centroids = Means(samples, Nearest(samples, centroids), centroids);
        }

        return (centroids.MoveToOuterDisposeScope(), Nearest(samples, centroids).MoveToOuterDisposeScope());
    }

    /// <summary>The nearest centroid of each sample.</summary>
    /// <param name="samples">[N, D].</param>
    /// <param name="centroids">[C, D].</param>
    /// <returns>[N] int64; ties go to the lower number.</returns>
    public static Tensor Nearest(Tensor samples, Tensor centroids)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var offsets = centroids.square().sum(1) / 2;   // [C]: |x - c|² / 2 = |x|² / 2 + offset - x·c, and the first term is the same for every centroid
        var parts = Chunks(samples, centroids.shape[0]).Select(part => (part.to(float32).matmul(centroids.t()) - offsets).argmax(1));

        return cat([.. parts], 0).MoveToOuterDisposeScope();
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
        var start = 0L;
        foreach (var part in Chunks(samples, samples.shape[1]))
        {
            sums.index_add_(0, assignments.narrow(0, start, part.shape[0]), part.to(float64), 1);
            start += part.shape[0];
        }

        var counts = assignments.bincount(null, minlength: ofEmpty.shape[0]).unsqueeze(1);   // [C, 1]

        return where(counts > 0, (sums / counts.clamp_min(1)).to(float32), ofEmpty).MoveToOuterDisposeScope();
    }

    private static Tensor[] Chunks(Tensor samples, long width) => samples.split(Math.Max(1, ChunkValues / width), 0);
}
