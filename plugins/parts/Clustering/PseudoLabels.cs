using System.Globalization;
using Microsoft.Extensions.Logging;
using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>What methods share that label images by clusters of their own features.</summary>
/// <remarks>Caron et al., DeepCluster, ECCV 2018, https://arxiv.org/abs/1807.05520.</remarks>
public static class PseudoLabels
{
    private const double EigenFloor = 1e-5;   // DeeperCluster's code

    /// <summary>Random numbers of the work before an epoch.</summary>
    /// <param name="run">Gives the seed.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="sample">What is drawn for, where there are several clusterings: its number.</param>
    /// <param name="part">What is drawn, where there are several things: its number, from 0.</param>
    public static CounterRandom Random(RunInfo run, int epoch, int sample = 0, int part = 0) =>
        new(run.Seed, epoch, sample, RandomPurpose.Clustering, part);

    /// <summary>Whitened principal components of the features of all images, of length one: what k-means works on. The features themselves, which are wider,
    /// are gone when it returns.</summary>
    /// <param name="context">Extracts features, and asks to stop.</param>
    /// <param name="encode">From images to features, [N, F].</param>
    /// <param name="dimension">Number of components P.</param>
    /// <param name="device">Where the work is done.</param>
    /// <returns>[count, P] float32 on the device.</returns>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static Tensor Whitened(EpochContext context, Func<Tensor, Tensor> encode, int dimension, Device device)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        using var features = context.Features.Extract(encode);                                                                // [count, F]
        var samples = PcaWhitening.Fit(features, dimension, EigenFloor, device, context.Stop).Apply(features);                // [count, P]
        Rows.MakeUnit(samples);

        return samples.MoveToOuterDisposeScope();
    }

    /// <summary>Writes how good a clustering is, one line.</summary>
    /// <param name="context">Gives the epoch and the logger.</param>
    /// <param name="samples">What was clustered, [N, D].</param>
    /// <param name="centroids">[C, D].</param>
    /// <param name="assignments">Cluster of each sample, [N] int64.</param>
    /// <param name="before">Those of the clustering before, [N] int64; null where nothing is comparable. Told is their normalised mutual information, by the
    /// arithmetic mean of both entropies: 1 where nothing changed but the numbers of the clusters.</param>
    public static void Log(EpochContext context, Tensor samples, Tensor centroids, Tensor assignments, Tensor? before = null)
    {
        using var scope = NewDisposeScope();
        var distance = KMeans.SquaredDistances(samples, centroids, assignments).mean().item<float>();
        var agreement = before is null
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture, $"; NMI with the clusters of the epoch before {new ClusterAgreement(assignments, before).ArithmeticNmi:F3}");
        context.Logger.LogInformation(
            "Epoch {Epoch}: {Sizes}; mean squared distance to the centroid {Distance}{Agreement}.", context.Epoch + 1,
            ClusterSizes.Describe(assignments, centroids.shape[0]), distance.ToString("G4", CultureInfo.InvariantCulture), agreement);
    }

    /// <summary>A fault when there are more clusters than images.</summary>
    /// <param name="key">The option.</param>
    /// <param name="clusters">Its value.</param>
    /// <param name="run">Gives the number of images.</param>
    public static IEnumerable<string> CountFaults(string key, int clusters, RunInfo run) => clusters <= run.Data.Count ? [] :
        [$"{key} is {clusters}, but there are {run.Data.Count} training images; each cluster begins at an image of its own. Lower it to at most "
            + $"{run.Data.Count}."];

    /// <summary>A fault when there are more principal components than features.</summary>
    /// <param name="dimension">The option <c>method.pcaDim</c>.</param>
    /// <param name="features">Width of the backbone's features.</param>
    public static IEnumerable<string> WidthFaults(int dimension, int features) => dimension <= features ? [] :
        [$"method.pcaDim is {dimension}, but the backbone has {features} features, which have no more principal components. Lower it to at most {features}."];
}
