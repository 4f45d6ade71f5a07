using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of DeeperCluster, section <c>method</c> of a recipe.</summary>
public sealed record DeeperClusterOptions : IRunRequirements, IValidatableObject
{
    /// <summary>Clusters M of the first level. Authors' code: 4, which with four rotations are 16 super-classes.</summary>
    [Range(1, 1 << 10)]
    public int SuperClusters { get; init; } = 4;

    /// <summary>Clusters k of the second level, over all super-clusters; a multiple of them. Authors' code: 320000, for 96 million images.</summary>
    [Range(2, 1 << 24)]
    public int Clusters { get; init; } = 320000;

    /// <summary>Rounds of each k-means. Authors' code: 10.</summary>
    [Range(1, 1000)]
    public int KMeansIterations { get; init; } = 10;

    /// <summary>Principal components that are clustered, at most the width of the features; 0 takes as many. Authors' code: as many.</summary>
    [Range(0, 65536)]
    public int PcaDim { get; init; }

    /// <summary>Epochs between two clusterings. Authors' code: 3.</summary>
    [Range(1, 100000)]
    public int ReclusterEpochs { get; init; } = 3;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => PseudoLabels.CountFaults("method.clusters", Clusters, run);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Clusters % SuperClusters == 0 ? [] :
    [
        new($"method.clusters is {Clusters}, which method.superClusters {SuperClusters} do not divide; each super-cluster has as many clusters. Make it a "
            + "multiple.", [nameof(Clusters)]),
    ];
}

/// <summary>Learns pairs of cluster and rotation, through a hierarchy of two levels, from clusters of its own features.</summary>
/// <remarks>
/// <para>Caron et al., "Unsupervised Pre-Training of Image Features on Non-Curated Data", ICCV 2019, https://arxiv.org/abs/1905.01278, and its code. Every few
/// epochs: whitened features of un-rotated images, M super-clusters (<see cref="KMeans.ClusterAll"/>), each divided again; no cluster is left empty
/// (<see cref="EmptyClusters.Fill"/>); new heads, which the optimizer has forgotten. An epoch shows as many images of each super-cluster, drawn evenly over
/// its clusters, each turned by some quarter turns; loss: <see cref="DeeperClusterLoss"/>. The network sees edges only (<see cref="SobelFilter"/>).</para>
/// <para>Differs from the code: a batch mixes all pairs of super-cluster and rotation, where there a GPU holds one; how far an image is turned is drawn for it,
/// and a quarter more each time that an epoch shows it again, so that the pairs of a super-cluster are equally likely, but not equal in number; between rounds
/// of k-means empty clusters are filled by the rule of faiss (<see cref="EmptyClusters.Split"/>), since shifts of 1e-7 do not show in float32 distances.</para>
/// </remarks>
[Plugin("deepercluster", Options = typeof(DeeperClusterOptions), Summary = "Learns pairs of cluster and rotation, through a hierarchy of clusters.",
    Taxonomy = "context-based: similarity", PseudoLabel = "discrete class",
    Family = "clustering", Paper = "Unsupervised Pre-Training of Image Features on Non-Curated Data", Authors = "Caron, Bojanowski, Mairal, Joulin",
    Venue = "ICCV", Year = 2019, ArXiv = "1905.01278")]
public sealed class DeeperCluster : Module, IMethod, IEpochPhase, IEpochSampling, IParameterGroups, IRunRequirements
{
    private const int Clustering = 0, Drawing = 1, SuperWeights = 2, Weights = 3, Filling = 4;   // what random numbers are for

    private readonly IBackbone backbone;
    private readonly PseudoLabelHead superHead;   // 4 M classes
    private readonly PseudoLabelHead heads;       // 4 M of S = k / M classes
    private readonly Tensor clusters;             // [count], m S + s for cluster s of super-cluster m
    private readonly DeeperClusterOptions _options;
    private readonly RunInfo _run;
    private readonly SampleRandom _random;
    private readonly ViewBuilder _view;
    private readonly int _size;                   // S

    /// <summary>Builds the heads on a backbone of edges; images are dealt out to clusters in turn until the first epoch.</summary>
    public DeeperCluster(ChannelBackboneFactory backbones, DeeperClusterOptions options, RunInfo run)
        : base(nameof(DeeperCluster))
    {
        (_options, _run, _random, _view, _size) = (options, run, new(run), new(run.ImageSize), options.Clusters / options.SuperClusters);
        backbone = SobelBackbone.Larger(backbones);
        var pairs = QuarterTurns.Count * options.SuperClusters;
        superHead = new(backbone.FeatureDim, pairs, PseudoLabels.Random(run, epoch: 0, part: SuperWeights));
        heads = new(backbone.FeatureDim, _size, PseudoLabels.Random(run, epoch: 0, part: Weights), pairs);
        clusters = arange(run.Data.Count, dtype: int64).remainder(options.Clusters);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.Crop(0.08), Flip())]);

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules =>
        [new(p => p.IsIn(nameof(superHead)) || p.IsIn(nameof(heads))) { RenewedEveryEpochs = _options.ReclusterEpochs }];

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch % _options.ReclusterEpochs == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context)
    {
        if (!IsDue(context.Epoch))
        {
            return;
        }

        var components = _options.PcaDim == 0 ? backbone.FeatureDim : _options.PcaDim;
        var samples = PseudoLabels.Whitened(context, backbone.call, components, clusters.device);                               // [count, P]
        var superClusters = Cluster(context, samples, _options.SuperClusters, number: 0);                                       // [count]
        foreach (var (m, images) in ClusterSizes.Members(superClusters, _options.SuperClusters).Index())
        {
            using var scope = NewDisposeScope();
            var members = tensor(images, device: clusters.device);                                                              // [n]
            var within = Cluster(context, samples.index_select(0, members), Math.Min(_size, images.Length), number: 1 + m);     // [n]
            clusters.index_copy_(0, members, (m * _size) + within);
        }

        superHead.Renew(PseudoLabels.Random(_run, context.Epoch, part: SuperWeights));
        heads.Renew(PseudoLabels.Random(_run, context.Epoch, part: Weights));
    }

    /// <inheritdoc/>
    public IReadOnlyList<long> Order(int epoch)
    {
        var random = PseudoLabels.Random(_run, epoch, part: Drawing);
        var groups = ClusterSizes.Members(clusters, _options.Clusters).Chunk(_size).Where(members => members.Any(images => images.Length > 0)).ToList();
        var (share, rest) = Math.DivRem(_run.Data.Count, groups.Count);
        List<long> order = [];
        foreach (var (m, members) in groups.Index())
        {
            order.AddRange(UniformClusters.Order(members, share + (m < rest ? 1 : 0), ref random));
        }

        random.Shuffle(CollectionsMarshal.AsSpan(order));

        return order;
    }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var rotations = Rotations(batch, context).to(batch.Indices.device);                            // [N]
        var rows = (QuarterTurns.Count * arange(batch.Size, dtype: int64, device: rotations.device)) + rotations;                     // [N]
        var turned = QuarterTurns.All(batch.Views[0]).index_select(0, rows);                           // [N, C, S, S]
        var labels = clusters.index_select(0, batch.Indices);                                          // [N]
        var pairs = DeeperClusterLoss.SuperClasses(labels.floor_divide(_size), rotations);             // [N]
        var within = labels.remainder(_size);                                                          // [N]

        var h = backbone.call(turned);                                                                 // [N, F]
        var (superLogits, logits) = (superHead.call(h), heads.OfGroups(h, pairs));                     // [N, 4 M], [N, S]
        var (ofPairs, ofClusters) = DeeperClusterLoss.Compute(superLogits, pairs, logits, within);

        return new(ofPairs + ofClusters)
        {
            Embedding = h,
            Diagnostics =
            [
                new("super_accuracy", ClassPrediction.Accuracy(superLogits, pairs)), new("cluster_accuracy", ClassPrediction.Accuracy(logits, within)),
            ],
        };
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => PseudoLabels.WidthFaults(_options.PcaDim, backbone.FeatureDim);

    /// <summary>Quarter turns of each image, [N] int64 on the CPU: drawn for the image, and one more each time that it stands again in an epoch.</summary>
    private Tensor Rotations(Batch batch, StepContext context)
    {
        var drawn = SampleChoices.Distinct(_random.Of(batch, context), QuarterTurns.Count).squeeze(1);   // [N]

        return batch.Repetitions is { } times ? (drawn + times).remainder(QuarterTurns.Count) : drawn;
    }

    private Tensor Cluster(EpochContext context, Tensor samples, int count, int number)
    {
        var (centroids, assignments) = KMeans.ClusterAll(samples, count, _options.KMeansIterations, Random(Clustering), context.Stop);
        EmptyClusters.Fill(centroids, assignments, Random(Filling));
        PseudoLabels.Log(context, samples, centroids, assignments);

        return assignments;

        CounterRandom Random(int part) => PseudoLabels.Random(_run, context.Epoch, number, part);
    }
}
