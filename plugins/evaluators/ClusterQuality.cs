using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Evaluators;

/// <summary>Settings of the clustering protocol, <c>evaluation.cluster-quality</c> of a recipe.</summary>
public sealed record ClusterQualityOptions
{
    /// <summary>Rounds of assignment and mean. Ours.</summary>
    [Range(1, 10_000)]
    public int Iterations { get; init; } = 50;

    /// <summary>Clusterings from other first centroids; that with the smallest distances within its clusters counts. Ours.</summary>
    [Range(1, 1000)]
    public int Restarts { get; init; } = 10;
}

/// <summary>How well clusters of frozen features agree with the classes: k-means without labels, as many clusters as there are classes.</summary>
/// <remarks>
/// <para>Caron et al., "Deep Clustering for Unsupervised Learning of Visual Features", ECCV 2018, section 4.1, https://arxiv.org/abs/1807.05520, compare
/// clusters with classes by normalised mutual information. The number here is that by the arithmetic mean of the entropies;
/// <c>nmi_geometric</c> is DeepCluster's. Besides: adjusted mutual information (<c>ami</c>), adjusted Rand index (<c>ari</c>), <c>purity</c>, and how test
/// images spread over clusters: <c>entropy</c> in nats, <c>empty</c> clusters, <c>largest_share</c>.</para>
/// <para>Ours: features of length one, centroids found on the training images, test images in the nearest cluster. Labels serve the comparison only.</para>
/// </remarks>
/// <param name="options">Rounds and restarts.</param>
[Plugin("cluster-quality", Options = typeof(ClusterQualityOptions), Family = "clustering",
    Summary = "k-means on features, one cluster per class; NMI with the classes, beside it AMI, ARI and purity.",
    Paper = "Deep Clustering for Unsupervised Learning of Visual Features", Authors = "Caron, Bojanowski, Joulin, Douze", Venue = "ECCV", Year = 2018,
    ArXiv = "1807.05520")]
public sealed class ClusterQuality(ClusterQualityOptions options) : IEvaluator, IEvaluationRequirements
{
    /// <inheritdoc/>
    public IEnumerable<string> Faults(DatasetInfo train, DatasetInfo test) => FeatureSets.Faults(train, test);

    /// <inheritdoc/>
    public EvaluationResult Evaluate(FeatureSet train, FeatureSet test, long seed, IProgress<double>? progress = null)
    {
        FeatureSets.Require(train, test);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var clusters = Math.Min(Math.Max(train.Classes, test.Classes), train.Features.shape[0]);
        var centroids = Cluster(Rows.Unit(train.Features), clusters, seed, progress);              // [K, F]
        var assigned = KMeans.Nearest(Rows.Unit(test.Features), centroids);                         // [M]
        var (agreement, spread) = (new ClusterAgreement(assigned, test.Labels), ClusterHistogram.Of(assigned, clusters));

        return new(agreement.ArithmeticNmi, agreement.ArithmeticNmi, new Dictionary<string, double>
        {
            ["nmi_geometric"] = agreement.GeometricNmi, ["ami"] = agreement.AdjustedMutualInformation, ["ari"] = agreement.AdjustedRandIndex,
            ["purity"] = agreement.Purity, ["clusters"] = clusters, ["entropy"] = spread.Entropy, ["empty"] = spread.Empty,
            ["largest_share"] = spread.LargestShare,
        })
        {
            Metric = "NMI",
        };
    }

    /// <summary>The centroids of the restart with the smallest squared distances.</summary>
    private Tensor Cluster(Tensor samples, long clusters, long seed, IProgress<double>? progress)
    {
        var (best, smallest) = (samples, double.PositiveInfinity);
        for (var restart = 0; restart < options.Restarts; restart++)
        {
            using var scope = NewDisposeScope();
            var first = KMeansPlusPlus.Choose(samples, clusters, new(seed, epoch: 0, sample: restart, RandomPurpose.Clustering));
            var (centroids, assignments) = KMeans.Cluster(samples, first, options.Iterations);
            var within = Within(samples, centroids, assignments);
            if (within < smallest)
            {
                (best, smallest) = (centroids.MoveToOuterDisposeScope(), within);
            }

            progress?.Report((restart + 1.0) / options.Restarts);
        }

        return best;
    }

    // |x - c|² = |x|² - 2 x·c + |c|²; the first term is the same for every clustering.
    private static double Within(Tensor samples, Tensor centroids, Tensor assignments)
    {
        var sums = zeros_like(centroids).index_add_(0, assignments, samples, 1);                     // [K, F]
        var counts = assignments.bincount(null, minlength: centroids.shape[0]);                      // [K]

        return ((centroids.square().sum([1]) * counts) - (2 * (sums * centroids).sum([1]))).to(float64).sum([0]).item<double>();
    }
}
