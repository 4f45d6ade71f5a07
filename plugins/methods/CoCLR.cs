using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of CoCLR, section <c>method</c> of a recipe.</summary>
public sealed record CoCLROptions : ClipQueueOptions
{
    /// <summary>Keys of other videos that become positives of a clip, the most similar in the other modality: at most the size of the queue. Authors' code:
    /// 5.</summary>
    [Range(1, 1 << 24)]
    public int Similar { get; init; } = 5;

    /// <summary>Share of the batches in which a clip's own key is no positive where it has others, a fraction in [0, 1]. Authors' code: 0.9.</summary>
    [Range(0.0, 1.0)]
    public double OwnKeyDropped { get; init; } = 0.9;

    /// <summary>Run whose backbone and projector the trained network begins with, of the same modality: its folder or identifier, or a file of its
    /// checkpoints; without one they are random. Authors: the network of this modality that was trained last, with InfoNCE at first.</summary>
    public string? StartPath { get; init; }

    /// <summary>Run whose backbone and projector look for positives, of the other modality: as <see cref="StartPath"/>; without one they are random. Authors:
    /// the network of the other modality that was trained last.</summary>
    public string? SamplerPath { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(RunInfo run) =>
    [
        .. base.Faults(run),
        .. Similar <= QueueSize ? Array.Empty<string>() :
            [$"method.similar is {Similar}, but the queue holds {QueueSize} keys (method.queueSize). Lower it to at most that."],
    ];

    /// <inheritdoc/>
    public override IEnumerable<string> Notes(RunInfo run)
    {
        if (string.IsNullOrEmpty(SamplerPath))
        {
            yield return "method.samplerPath names no run: positives are found by a network that has learned nothing. Fine for a try; else give a run of "
                + "infonce-video, or of coclr, with the other modality.";
        }

        if (string.IsNullOrEmpty(StartPath))
        {
            yield return "method.startPath names no run: the network begins with random weights. Fine for a try; else give a run of infonce-video, or of "
                + "coclr, with the same modality.";
        }

        if (QueueSize / run.BatchSize >= run.TotalSteps)
        {
            yield return $"method.queueSize is {QueueSize}, which {QueueSize / run.BatchSize} steps fill, but the run has only {run.TotalSteps}: no step "
                + "changes a weight. Fine for a short try; else lower it, or train longer.";
        }
    }
}

/// <summary>Co-training of two modalities: of a clip's colours, what its optical flow finds similar is a positive too, and the other way round.</summary>
/// <remarks>
/// <para>Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, equation (4), https://arxiv.org/abs/2010.09709, and the
/// authors' code: MoCo in one modality, while the trained network of the other one, the sampler, is frozen. Past keys of both lie side by side in two queues;
/// the <see cref="CoCLROptions.Similar"/> keys that the sampler finds most similar, and those of the same video, are positives (<see cref="MinedPositives"/>);
/// they share the loss (<see cref="MultiPositiveLoss.OfSharesTogether"/>), mostly without the clip's own key. No weight changes before the queues are
/// full.</para>
/// <para>One run trains one network. The alternation of the paper is a sequence of runs, each of which begins with those before: InfoNCE in both modalities
/// (<see cref="InfoNCEVideo"/>), colours with flow as sampler, flow with the new colours, and again. Each half of a cycle has queues, optimizer and schedule
/// of its own and leaves a backbone of another modality, so that nothing but the weights goes from one to the next: see the recipes.</para>
/// <para>Where <c>data.groupPattern</c> says which videos were cut from one source, keys of a source are positives of each other, as in the code; without it
/// each video is its own source. Views and optical flow are those of <see cref="InfoNCEVideo"/>.</para>
/// </remarks>
[Plugin("coclr", Options = typeof(CoCLROptions), Summary = "Clips and their optical flow find positives for each other, in turns.", Family = "video",
    Taxonomy = "cross-modal: flow and RGB", PseudoLabel = "pair relation",
    Paper = "Self-supervised Co-training for Video Representation Learning", Authors = "Han, Xie, Zisserman", Venue = "NeurIPS", Year = 2020,
    ArXiv = "2010.09709")]
public sealed class CoCLR : Module, IMethod, IMomentumPairs, IGathered, IStartingWeights, IRunRequirements
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FrozenEncoder sampler;
    private readonly FeatureQueue queue, samplerQueue;
    private readonly CoCLROptions _options;
    private readonly RunInfo _run;
    private readonly ViewBuilder _view;
    private bool _isFull;

    /// <summary>Builds the trained network, its momentum encoder, the sampler and both queues.</summary>
    /// <exception cref="ConfigurationException">The queues are no multiple of the batch size, or smaller than what is looked for in them.</exception>
    public CoCLR(BackboneFactory backbones, CoCLROptions options, RunInfo run)
        : base(nameof(CoCLR))
    {
        options.Require(run);
        (_options, _run, _view) = (options, run, new(run.ImageSize));
        var other = options.Modality == Modality.Rgb ? Modality.Flow : Modality.Rgb;
        (backbone, var target, var frozen) = (Network(options.Modality), Network(options.Modality), Network(other));
        projector = Projector();
        momentumEncoder = new(
            (backbone, projector), (target, Projector()), MomentumSchedule.Constant(options.Momentum), MomentumUpdate.BeforeForward);
        sampler = new(frozen, Projector());
        queue = new(options.QueueSize, options.ProjectionDim, run.BatchSize, run.Seed, withLabels: true);
        samplerQueue = new(options.QueueSize, options.ProjectionDim, run.BatchSize, run.Seed + 1);
        RegisterComponents();

        IBackbone Network(Modality modality) => ModalityBackbone.Of(modality, backbones, run.Data);

        Module<Tensor, Tensor> Projector() => ProjectionHead.Mlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => ModalityBackbone.FlowFaults("coclr", run);

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ClipPairViews.Of(_view, _options);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public IReadOnlyList<EarlierRun> EarlierRuns =>
    [
        .. From(
            "method.startPath", _options.StartPath,
            new Dictionary<string, Module> { [nameof(backbone)] = (Module)backbone, [nameof(projector)] = projector }),
        .. From("method.samplerPath", _options.SamplerPath, sampler.Parts),
    ];

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "two clips of a video");
        var sources = batch.Sources ?? batch.Indices;                                      // [N]
        var q = projector.call(backbone.call(batch.Views[0]));                             // [N, D]
        var k = momentumEncoder.Keys(batch.Views[1], context);                             // [N, D], no gradient
        var other = sampler.call(batch.Views[1]);                                          // [N, D], no gradient: the key's clip in the other modality
        var logits = InfoNCELoss.Logits(q, k, queue.Keys, _options.Temperature);           // [N, 1 + K]
        var positives = MinedPositives.Of(other, samplerQueue.Keys, sources, queue.Labels!, _options.Similar);   // [N, 1 + K]
        var counted = DropsOwnKey(context) ? MultiPositiveLoss.WithoutOwnKey(positives) : positives;             // [N, 1 + K]

        return new(MultiPositiveLoss.OfSharesTogether(logits, counted))
        {
            Embedding = q,
            Positive = k,
            Diagnostics =
            [
                new("proxy_accuracy", MultiPositiveLoss.Accuracy(logits, positives, 1)), new("positives", positives.sum(1).to(float32).mean()),
            ],
            Remember = [new(queue, k, sources), new(samplerQueue, other)],
            SkipsUpdate = !IsFull(),
        };
    }

    // One draw for a batch, whatever its micro-batches.
    private bool DropsOwnKey(StepContext context) =>
        new CounterRandom(_run.Seed, context.Epoch, context.Step, RandomPurpose.Batch).Chance(_options.OwnKeyDropped);

    // Read back from the device only until it is.
    private bool IsFull() => _isFull = _isFull || queue.Labels!.ge(0).all().item<bool>();

    private static IEnumerable<EarlierRun> From(string key, string? run, IReadOnlyDictionary<string, Module> parts)
    {
        if (!string.IsNullOrEmpty(run))
        {
            yield return new(key, run, parts);
        }
    }
}
