using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SwAV, section <c>method</c> of a recipe.</summary>
public sealed record SwAVOptions : IRunRequirements
{
    /// <summary>Divisor of the scores in the softmax, positive. Paper, appendix A: 0.1.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Smoothness of the balanced assignments, positive; smaller is sharper. Paper, appendix A: 0.05.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Epsilon { get; init; } = 0.05;

    /// <summary>Rounds of Sinkhorn-Knopp. Paper, appendix A: 3.</summary>
    [Range(1, 1000)]
    public int SinkhornIterations { get; init; } = 3;

    /// <summary>Prototypes K. Paper, appendix A: 3000.</summary>
    [Range(2, 1 << 20)]
    public int Prototypes { get; init; } = 3000;

    /// <summary>Width D of the embeddings. Paper, appendix A: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Width of the head's hidden layer. Paper, appendix A: 2048.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 2048;

    /// <summary>Earlier embeddings per assigned view that join the balance, rounded down to whole batches; 0 for none. Paper, section 4.2: 3840 for batches of
    /// 256.</summary>
    [Range(0, 1 << 24)]
    public int QueueSize { get; init; } = 3840;

    /// <summary>First epoch, from 0, whose embeddings enter the queue; it is used once full. Authors' code: 15.</summary>
    [Range(0, 100_000)]
    public int QueueStartEpoch { get; init; } = 15;

    /// <summary>First optimizer steps in which the prototypes do not learn. Authors' code: 313 (5005 for batches of 256).</summary>
    [Range(0, 1 << 30)]
    public int FreezePrototypesSteps { get; init; } = 313;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => [];

    /// <inheritdoc/>
    public IEnumerable<string> Notes(RunInfo run) =>
    [
        .. LateStart.NoteOfSteps("method.freezePrototypesSteps", FreezePrototypesSteps, run, "the prototypes never learn"),
        .. QueueSize == 0 ? [] : LateStart.Note("method.queueStartEpoch", QueueStartEpoch, run, "the queue is never used"),
    ];
}

/// <summary>Each view predicts the balanced prototype assignments of the two large views.</summary>
/// <remarks>
/// <para>Caron et al., "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments", NeurIPS 2020, algorithm 1,
/// https://arxiv.org/abs/2006.09882. The first two views are assigned, all views predict: <see cref="SinkhornAssignment"/> over the whole batch and the queue,
/// then
/// <see cref="SwappedPredictionLoss"/>.</para>
/// <para>Views of at most 64 pixels are two, with the settings of da Costa et al., "solo-learn", JMLR 2022; larger ones are multi-crop.</para>
/// </remarks>
[Plugin("swav", Options = typeof(SwAVOptions), Summary = "Views predict each other's balanced assignment to prototypes, with multi-crop.",
    Taxonomy = "context-based: similarity", PseudoLabel = "discrete class",
    Family = "clustering", Paper = "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments",
    Authors = "Caron, Misra, Mairal, Goyal, Bojanowski, Joulin", Venue = "NeurIPS", Year = 2020, ArXiv = "2006.09882")]
public sealed class SwAV : Module, IMethod, IParameterGroups, IGathered, IBatchCoupled
{
    private const int AssignedViews = 2;
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly PrototypeHead prototypes;
    private readonly ModuleList<FeatureQueue> queues;
    private readonly SwAVOptions _options;
    private readonly RunInfo _run;
    private readonly ViewBuilder _view;

    /// <summary>Builds head, prototypes and queues on a backbone.</summary>
    public SwAV(IBackbone backbone, SwAVOptions options, RunInfo run)
        : base(nameof(SwAV))
    {
        (this.backbone, _options, _run, _view) = (backbone, options, run, new(run.ImageSize));
        projector = ProjectionHead.Layers(
            backbone.FeatureDim, new(options.HiddenDim, Bias: true, HeadNorm.Batch, Relu: true), new(options.ProjectionDim, Bias: true));
        prototypes = new PrototypeHead(options.ProjectionDim, options.Prototypes);
        var rows = options.QueueSize / run.BatchSize * run.BatchSize;
        queues = new([.. Enumerable.Range(0, rows > 0 ? AssignedViews : 0).Select(
            view => new FeatureQueue(rows, options.ProjectionDim, run.BatchSize, run.Seed + view))]);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => _view.IsSmall
        ? ViewPlan.Same(2, Coloured(_view.Crop(0.08)))
        : MultiCrop([Coloured(_view.Crop(0.14)), Coloured(_view.Crop(0.14))], Coloured(_view.Crop(0.05, 0.14, side: 96)), smallCount: 6);

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules => [new(p => p.IsIn(nameof(prototypes)), FrozenSteps: _options.FreezePrototypesSteps)];

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public string BatchCoupling => "Assignments are balanced over all images of the batch.";

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        prototypes.Renormalise();
        var h = cat([.. CropGroups.Encode(batch.Views, backbone.call)], 0);              // [V N, F], view by view
        var embedding = Rows.Unit(projector.call(h));                                    // [V N, D]
        var z = embedding.chunk(batch.Views.Count, 0);                                   // V of [N, D]
        var scores = prototypes.call(embedding).chunk(batch.Views.Count, 0);             // V of [N, K]
        Tensor[] codes = [.. Enumerable.Range(0, AssignedViews).Select(view => Assign(view, scores[view], context))];   // 2 of [N, K]

        return new(SwappedPredictionLoss.Compute(scores, codes, _options.Temperature))
        {
            Embedding = z[0],
            Positive = z[1],
            Targets = codes[0],
            Remember = context.Epoch < _options.QueueStartEpoch ? [] : [.. queues.Select((queue, view) => new MemoryUpdate(queue, z[view].detach()))],
        };
    }

    // blurred on small images too, as in solo-learn's CIFAR recipe
    private ViewSpec Coloured(AugmentationSpec crop) => View(crop, Flip(), Jitter(0.8, 0.8, 0.8, 0.2), Grayscale(), _view.Blur(0.5, alsoSmall: true));

    private Tensor Assign(int view, Tensor scores, StepContext context)
    {
        using var noGradients = no_grad();
        var isFull = queues.Count > 0 && context.Step >= (_options.QueueStartEpoch * _run.StepsPerEpoch) + (queues[view].Capacity / _run.BatchSize);
        var earlier = isFull ? prototypes.call(queues[view].Keys) : null;                // [Q, K], under today's prototypes
        var all = context.Processes.Gather(scores.detach());                             // [M, K] of all processes

        return context.Processes.Own(SinkhornAssignment.Compute(all, _options.Epsilon, _options.SinkhornIterations, earlier));
    }
}
