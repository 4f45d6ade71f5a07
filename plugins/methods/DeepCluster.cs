using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of DeepCluster, section <c>method</c> of a recipe.</summary>
public sealed record DeepClusterOptions : IRunRequirements
{
    /// <summary>Clusters K. Paper, section 4.1: 10000, ten times the classes of ImageNet.</summary>
    [Range(2, 1 << 20)]
    public int Clusters { get; init; } = 10000;

    /// <summary>Rounds of k-means before each epoch. Authors' code: 20.</summary>
    [Range(1, 1000)]
    public int KMeansIterations { get; init; } = 20;

    /// <summary>Principal components that are clustered, at most the width of the features. Paper, section 3.3: 256.</summary>
    [Range(1, 65536)]
    public int PcaDim { get; init; } = 256;

    /// <summary>Epochs between two clusterings. Authors' code: 1.</summary>
    [Range(1, 100000)]
    public int ReclusterEpochs { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => PseudoLabels.CountFaults("method.clusters", Clusters, run);
}

/// <summary>K-means on the network's features labels the images before each epoch; the network then learns these labels.</summary>
/// <remarks>
/// <para>Caron et al., "Deep Clustering for Unsupervised Learning of Visual Features", ECCV 2018, https://arxiv.org/abs/1807.05520, and its code. Before each
/// epoch: features of all images, principal components (<see cref="PcaWhitening"/>), rows of length one, <see cref="KMeans.ClusterAll"/>; a new head
/// (<see cref="PseudoLabelHead"/>), trained without momentum and forgotten by the optimizer; images drawn evenly over clusters
/// (<see cref="UniformClusters"/>). The network sees edges only (<see cref="SobelFilter"/>).</para>
/// <para>Differs from the code: small eigenvalues are raised to 1e-5 of the largest, as in DeeperCluster's, so that a dead feature is not divided by zero;
/// what is clustered and classified are the features of the backbone, in the paper the last but one layer of AlexNet. The code's other clustering, power
/// iteration on a graph of five nearest neighbours, is left out.</para>
/// <para>A cluster needs images to be worth learning: the leaderboards have 50 or more in each.</para>
/// </remarks>
[Plugin("deepcluster", Options = typeof(DeepClusterOptions), Summary = "Learns the k-means clusters of its own features, made anew before each epoch.",
    Taxonomy = "context-based: similarity", PseudoLabel = "discrete class",
    Family = "clustering", Paper = "Deep Clustering for Unsupervised Learning of Visual Features", Authors = "Caron, Bojanowski, Joulin, Douze",
    Venue = "ECCV", Year = 2018, ArXiv = "1807.05520")]
public sealed class DeepCluster : Module, IMethod, IEpochPhase, IEpochSampling, IParameterGroups, IRunRequirements
{
    private const int Clustering = 0, Drawing = 1, Weights = 2;   // what random numbers are for

    private readonly IBackbone backbone;
    private readonly PseudoLabelHead head;
    private readonly Tensor clusters;   // [count]
    private readonly DeepClusterOptions _options;
    private readonly RunInfo _run;
    private readonly ViewBuilder _view;

    /// <summary>Builds the head on a backbone of edges; images are dealt out to clusters in turn until the first epoch.</summary>
    public DeepCluster(ChannelBackboneFactory backbones, DeepClusterOptions options, RunInfo run)
        : base(nameof(DeepCluster))
    {
        (_options, _run, _view) = (options, run, new(run.ImageSize));
        backbone = SobelBackbone.Same(backbones);
        head = new(backbone.FeatureDim, options.Clusters, PseudoLabels.Random(run, epoch: 0, part: Weights));
        clusters = arange(run.Data.Count, dtype: int64).remainder(options.Clusters);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.Crop(0.08), Flip())]);

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules =>
        [new(p => p.IsIn(nameof(head))) { HasMomentum = false, RenewedEveryEpochs = _options.ReclusterEpochs }];

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch % _options.ReclusterEpochs == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context)
    {
        if (!IsDue(context.Epoch))
        {
            return;
        }

        var samples = PseudoLabels.Whitened(context, backbone.call, _options.PcaDim, clusters.device);                   // [count, P]
        var (centroids, assignments) = KMeans.ClusterAll(
            samples, _options.Clusters, _options.KMeansIterations, Random(Clustering), context.Stop);                    // [K, P], [count]
        PseudoLabels.Log(context, samples, centroids, assignments, before: context.Epoch == 0 ? null : clusters);
        clusters.copy_(assignments);
        head.Renew(Random(Weights));

        CounterRandom Random(int part) => PseudoLabels.Random(_run, context.Epoch, part: part);
    }

    /// <inheritdoc/>
    public IReadOnlyList<long> Order(int epoch)
    {
        var random = PseudoLabels.Random(_run, epoch, part: Drawing);

        return UniformClusters.Order(ClusterSizes.Members(clusters, _options.Clusters), _run.Data.Count, ref random);
    }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var h = backbone.call(batch.Views[0]);                     // [N, F]
        var logits = head.call(h);                                 // [N, K]
        var targets = clusters.index_select(0, batch.Indices);     // [N]

        return new(ClassPrediction.Loss(logits, targets))
        {
            Embedding = h,
            Diagnostics = [new("cluster_accuracy", ClassPrediction.Accuracy(logits, targets))],
        };
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => PseudoLabels.WidthFaults(_options.PcaDim, backbone.FeatureDim);
}
