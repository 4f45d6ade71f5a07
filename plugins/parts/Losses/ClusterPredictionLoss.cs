namespace Parallax.Plugins.Parts;

/// <summary>Cross-entropy of every view with the cluster of its image, mean over views, images and clusterings.</summary>
/// <remarks>DeepCluster-v2: Caron et al., SwAV, NeurIPS 2020, appendix, https://arxiv.org/abs/2006.09882, and its code.</remarks>
public static class ClusterPredictionLoss
{
    /// <summary>Marks an image without a cluster; it does not count.</summary>
    public const long Unassigned = -100;

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="scores">Scores per clustering, [H, V * N, K]: view by view, all images of a view together.</param>
    /// <param name="clusters">Cluster of each image per clustering, [H, N] int64, or <see cref="Unassigned"/>; at least one image has a cluster.</param>
    /// <param name="temperature">Divisor of the scores, positive; 0.1 in the code.</param>
    /// <returns>Scalar, [], float32; ln K when all scores are equal.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not a positive number.</exception>
    public static Tensor Compute(Tensor scores, Tensor clusters, double temperature)
    {
        Rows.RequireTemperature(temperature);
        if (scores.shape.Length != 3 || clusters.shape.Length != 2 || scores.shape[0] != clusters.shape[0] || scores.shape[1] % clusters.shape[1] != 0)
        {
            throw new ArgumentException(
                $"'scores' has the shape [{string.Join(", ", scores.shape)}] and 'clusters' [{string.Join(", ", clusters.shape)}]; "
                    + "expected [H, V * N, K] and [H, N].",
                nameof(scores));
        }

        using var precision = Precision.Float32();
        var labels = clusters.repeat(1, scores.shape[1] / clusters.shape[1]);   // [H, V N]
        var losses = scores.to(float32).unbind().Zip(labels.unbind(), (s, label) => F.cross_entropy(s / temperature, label, ignore_index: Unassigned));

        return stack(losses).mean();   // []
    }
}
