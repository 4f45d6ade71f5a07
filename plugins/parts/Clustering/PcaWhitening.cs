namespace Parallax.Plugins.Parts;

/// <summary>The directions along which features vary most, with equal variance along each: principal components, whitened.</summary>
/// <remarks>
/// Caron et al., DeepCluster, ECCV 2018, https://arxiv.org/abs/1807.05520, and DeeperCluster, ICCV 2019, https://arxiv.org/abs/1905.01278, before k-means: rows
/// minus their mean, times the first eigenvectors of the covariance (1/N), divided by the root of their eigenvalues; then of length one. The sign of an
/// eigenvector is arbitrary.
/// </remarks>
/// <param name="Mean">Mean of the features, [F] float32.</param>
/// <param name="Directions">Eigenvectors in columns, largest eigenvalue first, [F, P] float32.</param>
/// <param name="Eigenvalues">Their variances, [P] float32.</param>
public sealed record PcaWhitening(Tensor Mean, Tensor Directions, Tensor Eigenvalues)
{
    /// <summary>Finds the directions.</summary>
    /// <param name="features">[N, F], on any device.</param>
    /// <param name="dimension">Number of directions P, at most F.</param>
    /// <param name="eigenFloor">Smaller eigenvalues are raised to this share of the largest, a fraction in [0, 1): what does not vary, such as a dead
    /// feature, would be divided by zero.</param>
    /// <param name="device">Where the work is done; features come there in blocks.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer features than directions, or no direction.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static PcaWhitening Fit(Tensor features, int dimension, double eigenFloor, Device device, CancellationToken stop = default)
    {
        Rows.RequireMatrix(features, nameof(features));
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, features.shape[1]);
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();

        var (count, width) = (features.shape[0], features.shape[1]);
        var sum = zeros([width], dtype: float64, device: device);   // [F]
        RowBlocks.Visit(features, width, (_, part) => sum.add_(part.to(device).to(float64).sum([0])), stop);
        var mean = (sum / count).to(float32);                       // [F]
        var covariance = zeros([width, width], dtype: float64, device: device);   // [F, F]
        RowBlocks.Visit(features, width, (_, part) =>
        {
            var centred = part.to(device).to(float32) - mean;       // [n, F]
            covariance.add_(centred.t().matmul(centred));
        }, stop);
        var (values, vectors) = linalg.eigh(covariance.div_(count).cpu());   // [F] ascending, [F, F]
        var largest = values.narrow(0, width - dimension, dimension).flip(0);   // [P]
        var floored = largest.clamp_min(eigenFloor * largest[0].item<double>());
        var directions = vectors.narrow(1, width - dimension, dimension).flip(1).contiguous();   // [F, P]

        return new(
            mean.MoveToOuterDisposeScope(), directions.to(float32).to(device).MoveToOuterDisposeScope(),
            floored.to(float32).to(device).MoveToOuterDisposeScope());
    }

    /// <summary>Whitens features.</summary>
    /// <param name="features">[N, F], on any device.</param>
    /// <returns>[N, P] float32, where the directions are; not normalised.</returns>
    public Tensor Apply(Tensor features)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var scaled = Directions / Eigenvalues.sqrt();   // [F, P]

        return RowBlocks.Map(features, features.shape[1], part => (part.to(Mean.device).to(float32) - Mean).matmul(scaled)).MoveToOuterDisposeScope();
    }
}
