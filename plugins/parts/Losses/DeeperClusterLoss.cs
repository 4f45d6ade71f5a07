namespace Parallax.Plugins.Parts;

/// <summary>DeeperCluster's loss over two levels: cross-entropy over pairs of super-cluster and rotation, and over the clusters inside such a pair.</summary>
/// <remarks>
/// Caron et al., "Unsupervised Pre-Training of Image Features on Non-Curated Data", ICCV 2019, section 3.2, https://arxiv.org/abs/1905.01278, and its code: the
/// head of the second level is chosen by the true pair.
/// </remarks>
public static class DeeperClusterLoss
{
    /// <summary>Number of a pair: 4 m + r.</summary>
    /// <param name="superClusters">Super-cluster m of each image, [N] int64.</param>
    /// <param name="rotations">Quarter turns r of each image, [N] int64.</param>
    /// <returns>[N] int64.</returns>
    public static Tensor SuperClasses(Tensor superClusters, Tensor rotations) => (QuarterTurns.Count * superClusters) + rotations;

    /// <summary>Computes the loss of a batch; both parts are means over the images.</summary>
    /// <param name="superLogits">Scores of the pairs, [N, 4 M].</param>
    /// <param name="superTargets">Pair of each image, [N] int64.</param>
    /// <param name="subLogits">Scores of the clusters inside the pair of each image, [N, S].</param>
    /// <param name="subTargets">Cluster of each image inside its super-cluster, [N] int64.</param>
    /// <returns>Two scalars, [], float32: of the pairs, and of the clusters; the loss is their sum.</returns>
    public static (Tensor OfSuperClasses, Tensor OfClusters) Compute(Tensor superLogits, Tensor superTargets, Tensor subLogits, Tensor subTargets) =>
        (ClassPrediction.Loss(superLogits, superTargets), ClassPrediction.Loss(subLogits, subTargets));
}
