using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of revisited MoCo, section <c>method</c> of a recipe. "Authors' code" is that of Van Gansbeke et al.</summary>
public sealed record RevisitingMoCoOptions : IValidatableObject, IRunRequirements
{
    /// <summary>Divisor of the cosines, positive. MoCo v2: 0.2.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Share of the momentum encoder kept at each step, a fraction in [0, 1). Authors' code: 0.995.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.995;

    /// <summary>Keys K in both queues, a multiple of the batch size. MoCo v1, section 4.1: 65536.</summary>
    [Range(1, 1 << 24)]
    public int QueueSize { get; init; } = 65536;

    /// <summary>Width D of the projections. MoCo v1, section 3.3: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Width of the head's hidden layer; 0 takes the backbone's feature width (2048 for ResNet-50), as MoCo v2.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <summary>Small crops per image, all queries; 0 turns multi-crop off. Ignored when the recipe has a section <c>views</c>. Authors' code: 4.</summary>
    [Range(0, 32)]
    public int SmallCrops { get; init; } = 4;

    /// <summary>Share of a small crop that must lie in the key's crop, a fraction in [0, 1]; 0 is plain multi-crop. Ignored when the recipe has a section
    /// <c>views</c>. Authors' code: 0.1.</summary>
    [Range(0.0, 1.0)]
    public double MinOverlap { get; init; } = 0.1;

    /// <summary>Nearest neighbours of a query that count as positives, k. Authors' code: 20.</summary>
    [Range(1, 1 << 20)]
    public int Neighbours { get; init; } = 20;

    /// <summary>Weight of the neighbours' loss beside that of the key; 0 turns it off. Authors' code: 0.4.</summary>
    [Range(0.0, 100.0)]
    public double NeighbourWeight { get; init; } = 0.4;

    /// <summary>First epochs without the neighbours' loss. Authors' code: 5 of 200 epochs, 20 of 800.</summary>
    [Range(0, 100000)]
    public int NeighbourWarmupEpochs { get; init; } = 5;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Neighbours > QueueSize)
        {
            yield return new(
                $"method.neighbours is {Neighbours}, but the queue holds {QueueSize} keys. Lower it, or raise method.queueSize.", [nameof(Neighbours)]);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => FeatureQueue.Faults(QueueSize, run.BatchSize);

    /// <inheritdoc/>
    public IEnumerable<string> Notes(RunInfo run) => NeighbourWeight == 0 ? [] :
        LateStart.Note("method.neighbourWarmupEpochs", NeighbourWarmupEpochs, run, "nearest neighbours never become positives");
}

/// <summary>MoCo v2 with three further invariances: many small queries per key, stronger colours, and nearest neighbours as positives.</summary>
/// <remarks>
/// <para>Van Gansbeke et al., "Revisiting Contrastive Methods for Unsupervised Learning of Visual Representations", NeurIPS 2021,
/// https://arxiv.org/abs/2106.05967. View 1 is the only key; all other views are queries. Loss = InfoNCE of every query with its image's key and the queue, +
/// weight *
/// <see cref="NeighbourQueueLoss"/>,
/// whose neighbours are found by backbone features in a second queue.</para>
/// <para>Both queues take in their rows after the step, so that row i of both always shows the same image: the order of the authors' later code, whose earlier
/// one mixes two states.</para>
/// <para>Differs from the paper: keys are encoded in random order on one device (see <see cref="BatchShuffle"/>), and a flip comes before the colours, not
/// after.</para>
/// </remarks>
[Plugin("revisiting-moco", Options = typeof(RevisitingMoCoOptions), Summary = "MoCo v2 with constrained multi-crop, AutoAugment and nearest neighbours.",
    Family = "contrastive", Paper = "Revisiting Contrastive Methods for Unsupervised Learning of Visual Representations",
    Authors = "Van Gansbeke, Vandenhende, Georgoulis, Van Gool", Venue = "NeurIPS", Year = 2021, ArXiv = "2106.05967")]
public sealed class RevisitingMoCo : Module, IMethod, IMomentumPairs, IGathered
{
    private const int KeyView = 1;

    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FeatureQueue queue, featureQueue;
    private readonly RevisitingMoCoOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds both encoders and both queues.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size.</exception>
    public RevisitingMoCo(BackboneFactory backbones, RevisitingMoCoOptions options, RunInfo run)
        : base(nameof(RevisitingMoCo))
    {
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (backbones(), backbones());
        projector = Projector();
        momentumEncoder = new(
            (backbone, projector), (target, Projector()), MomentumSchedule.Constant(options.Momentum), MomentumUpdate.BeforeForward);
        queue = new FeatureQueue(options.QueueSize, options.ProjectionDim, run.BatchSize, run.Seed);
        featureQueue = new FeatureQueue(options.QueueSize, backbone.FeatureDim, run.BatchSize, run.Seed);
        RegisterComponents();

        Module<Tensor, Tensor> Projector() => ProjectionHead.Mlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => MultiCrop(
        [
            View(_view.Crop(0.2), Flip(), _view.JitterOrAutoAugment(blur: 0.5)),                                    // the large query
            View(_view.Crop(0.2), Flip(), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), _view.Blur(0.5)),                // the key
        ],
        View(SmallCrop, Flip(), _view.JitterOrAutoAugment(blur: 0.5)), _options.SmallCrops);

    // 96 of 160 pixels; on small images 5 % of the area would be a few pixels: ours
    private AugmentationSpec SmallCrop => ConstrainedCrop(
        _view.ImageSize * 3 / 5, _view.IsSmall ? 0.1 : 0.05, _view.IsSmall ? 0.3 : 0.14, _options.MinOverlap, KeyView, anchorScaleMin: 0.2);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        Tensor[] crops = [.. batch.Views.Where((_, view) => view != KeyView)];
        var h = stack(CropGroups.Encode(crops, backbone.call), 1).flatten(0, 1);         // [N * V, F], all queries of an image in a row
        var q = projector.call(h);                                                       // [N * V, D]
        var (k, kh) = Keys(batch.Views[KeyView], context);                               // [N, D], [N, F], no gradient
        var ownKeys = k.repeat_interleave(crops.Length, 0);                              // [N * V, D]
        var logits = QueueLogits.Of(q, ownKeys, queue.Keys, _options.Temperature);       // [N * V] each
        var loss = logits.InfoNCE();                                                     // []
        List<Diagnostic> diagnostics = [new("proxy_accuracy", ProxyTask.Accuracy(q, ownKeys, queue.Keys, _options.Temperature))];
        if (context.Epoch >= _options.NeighbourWarmupEpochs && _options.NeighbourWeight > 0)
        {
            var neighbours = NeighbourQueueLoss.Neighbours(h.detach(), featureQueue.Keys, _options.Neighbours);                           // [N * V, k]
            var toNeighbours = NeighbourQueueLoss.Compute(q, queue.Keys, neighbours, logits.Negatives, _options.Temperature);             // []
            loss += _options.NeighbourWeight * toNeighbours;
            diagnostics.Add(new("neighbour_loss", toNeighbours.detach()));
        }

        return new(loss)
        {
            Embedding = q.view(batch.Size, crops.Length, _options.ProjectionDim).select(1, 0),   // [N, D], the large query
            Positive = k,
            Diagnostics = diagnostics,
            Remember = [new(queue, k), new(featureQueue, kh)],
        };
    }

    /// <summary>Projections and backbone features of the keys, both with rows of length one.</summary>
    private (Tensor Projections, Tensor Features) Keys(Tensor images, StepContext context)
    {
        var keys = BatchShuffle.Encode(images, context, x =>
        {
            var (h, z) = momentumEncoder.Encode(x);                                      // [N, F], [N, D]
            return cat([Rows.Unit(z), Rows.Unit(h)], 1);                                 // [N, D + F]
        });

        return (keys.narrow(1, 0, _options.ProjectionDim), keys.narrow(1, _options.ProjectionDim, backbone.FeatureDim));
    }
}
