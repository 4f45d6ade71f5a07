using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of DeepCluster-v2, section <c>method</c> of a recipe.</summary>
public sealed record DeepClusterV2Options : IRunRequirements
{
    /// <summary>Divisor of the scores in the softmax, positive. Authors' code: 0.1.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Clusterings H, each with its own random start. Authors' code: 3.</summary>
    [Range(1, 100)]
    public int Clusterings { get; init; } = 3;

    /// <summary>Clusters K of each clustering. Authors' code: 3000.</summary>
    [Range(2, 1 << 20)]
    public int Prototypes { get; init; } = 3000;

    /// <summary>Rounds of k-means before each epoch. Authors' code: 10.</summary>
    [Range(1, 1000)]
    public int KMeansIterations { get; init; } = 10;

    /// <summary>Width D of the embeddings. Authors' code: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Width of the head's hidden layer. Authors' code: 2048.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 2048;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => Prototypes <= run.Data.Count ? [] :
        [$"method.prototypes is {Prototypes}, but there are {run.Data.Count} training images; each cluster begins at an image of its own. Lower it "
            + $"to at most {run.Data.Count}."];
}

/// <summary>K-means before each epoch labels the images; all views predict the clusters of their image.</summary>
/// <remarks>
/// <para>Caron et al., "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments", NeurIPS 2020, appendix, https://arxiv.org/abs/2006.09882,
/// and its code. Two banks keep the embedding of every image's first and second view, refreshed as the epoch goes on. Clustering h takes bank h mod 2
/// (<see cref="SphericalKMeans"/>); its centroids are the prototypes of the next epoch, which no gradient moves (<see cref="ClusterPredictionLoss"/>).</para>
/// <para>Differs from the code: before the first epoch both banks hold the un-augmented images, and images that an epoch leaves out keep their
/// embedding.</para>
/// </remarks>
[Plugin("deepcluster-v2", Options = typeof(DeepClusterV2Options), Summary = "Views predict the k-means clusters of their image's last embedding.",
    Taxonomy = "context-based: similarity", PseudoLabel = "discrete class",
    Family = "clustering", Paper = "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments",
    Authors = "Caron, Misra, Mairal, Goyal, Bojanowski, Joulin", Venue = "NeurIPS", Year = 2020, ArXiv = "2006.09882")]
public sealed class DeepClusterV2 : Module, IMethod, IEpochPhase
{
    private const int Banks = 2;
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly ModuleList<ImageBank> banks;
    private readonly Tensor prototypes, clusters;   // [H, K, D] and [H, count]
    private readonly DeepClusterV2Options _options;
    private readonly RunInfo _run;
    private readonly ViewBuilder _view;
    private readonly ILogger _logger;

    /// <summary>Builds head and banks on a backbone; prototypes and clusters are random until the first epoch.</summary>
    public DeepClusterV2(IBackbone backbone, DeepClusterV2Options options, RunInfo run, ILogger logger)
        : base(nameof(DeepClusterV2))
    {
        (this.backbone, _options, _run, _view, _logger) = (backbone, options, run, new(run.ImageSize), logger);
        projector = ProjectionHead.Layers(
            backbone.FeatureDim, new(options.HiddenDim, Bias: true, HeadNorm.Batch, Relu: true), new(options.ProjectionDim, Bias: true));
        banks = new([.. Enumerable.Range(0, Banks).Select(view => new ImageBank(run.Data.Count, options.ProjectionDim, run.Seed + view))]);
        prototypes = F.normalize(randn([options.Clusterings, options.Prototypes, options.ProjectionDim], dtype: float32), dim: 2);
        clusters = randint(0, options.Prototypes, [options.Clusterings, run.Data.Count], dtype: int64);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => _view.IsSmall
        ? ViewPlan.Same(2, Coloured(_view.Crop(0.08)))
        : MultiCrop([Coloured(_view.Crop(0.14)), Coloured(_view.Crop(0.14))], Coloured(_view.Crop(0.05, 0.14, side: 96)), smallCount: 6);

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context)
    {
        if (context.Epoch == 0)
        {
            using var embeddings = context.Features.Extract(images => Rows.Unit(projector.call(backbone.call(images))));   // [count, D]
            banks.ToList().ForEach(bank => bank.Fill(embeddings));
        }

        var used = Math.Min(_options.Prototypes, _run.Data.Count);   // with fewer images than prototypes, the rest stays random and unused
        for (var h = 0; h < _options.Clusterings; h++)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(new CounterRandom(_run.Seed, context.Epoch, sample: h, RandomPurpose.Clustering).NextUInt32());
            var bank = banks[h % Banks].Features;
            var first = SphericalKMeans.RandomMembers(bank, used, generator);                                                      // [used, D]
            var (centroids, members) = SphericalKMeans.Cluster(bank, first, _options.KMeansIterations, context.Stop);
            prototypes[h].narrow(0, 0, used).copy_(centroids);
            clusters[h].copy_(members);
            _logger.LogInformation(
                "Epoch {Epoch}, clustering {Clustering}: {Used} of {Prototypes} clusters have images.",
                context.Epoch + 1, h + 1, bincount(members).count_nonzero().item<long>(), _options.Prototypes);
        }
    }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var h = cat([.. CropGroups.Encode(batch.Views, backbone.call)], 0);              // [V N, F], view by view
        var embedding = Rows.Unit(projector.call(h));                                    // [V N, D]
        var z = embedding.chunk(batch.Views.Count, 0);                                   // V of [N, D]
        var targets = clusters.index_select(1, batch.Indices);                           // [H, N]

        return new(ClusterPredictionLoss.Compute(Scores(embedding), targets, _options.Temperature))
        {
            Embedding = z[0],
            Positive = z[1],
            Targets = F.one_hot(targets[0], _options.Prototypes).to(float32),
            Remember = [.. banks.Select((bank, view) => new MemoryUpdate(bank, z[view].detach(), batch.Indices))],
        };
    }

    // blurred on small images too, as in solo-learn's CIFAR recipe
    private ViewSpec Coloured(AugmentationSpec crop) => View(crop, Flip(), Jitter(0.8, 0.8, 0.8, 0.2), Grayscale(), _view.Blur(0.5, alsoSmall: true));

    private Tensor Scores(Tensor z)
    {
        using var precision = Precision.Float32();

        return z.matmul(prototypes.transpose(1, 2));   // [H, V N, K]
    }
}
