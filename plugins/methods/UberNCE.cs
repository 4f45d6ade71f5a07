using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of UberNCE, section <c>method</c> of a recipe.</summary>
public sealed record UberNCEOptions : ClipQueueOptions
{
    /// <inheritdoc/>
    public override IEnumerable<string> Faults(RunInfo run) => [.. base.Faults(run), .. LabelRequirements.Faults("uber-nce", run)];
}

/// <summary>MoCo on clips in which all keys of a clip's class are its positives. Not self-supervised, an upper reference for CoCLR, which has to find such
/// positives.</summary>
/// <remarks>
/// <para>Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, equation (2), https://arxiv.org/abs/2010.09709, and the
/// authors' code: the mean over the positives of -log of each one's share (<see cref="MultiPositiveLoss.OfSharesApart"/>); a queue that keeps labels.</para>
/// <para>Views and optical flow are those of <see cref="InfoNCEVideo"/>. A clip without a label has its own key alone.</para>
/// </remarks>
[Plugin("uber-nce", Options = typeof(UberNCEOptions), Summary = "MoCo on clips with all keys of the class as positives. Uses labels.", Family = "video",
    Paper = "Self-supervised Co-training for Video Representation Learning", Authors = "Han, Xie, Zisserman", Venue = "NeurIPS", Year = 2020,
    ArXiv = "2010.09709")]
public sealed class UberNCE : Module, IMethod, IMomentumPairs, IGathered, IRunRequirements
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FeatureQueue queue;
    private readonly UberNCEOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds both encoders and the queue.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size, or the data set has no classes.</exception>
    public UberNCE(BackboneFactory backbones, UberNCEOptions options, RunInfo run)
        : base(nameof(UberNCE))
    {
        options.Require(run);
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (Network(), Network());
        projector = Projector();
        momentumEncoder = new(
            (backbone, projector), (target, Projector()), MomentumSchedule.Constant(options.Momentum), MomentumUpdate.BeforeForward);
        queue = new(options.QueueSize, options.ProjectionDim, run.BatchSize, run.Seed, withLabels: true);
        RegisterComponents();

        IBackbone Network() => ModalityBackbone.Of(options.Modality, backbones, run.Data);

        Module<Tensor, Tensor> Projector() => ProjectionHead.Mlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _options.Modality == Modality.Flow ? ModalityBackbone.FlowFaults("uber-nce", run) : [];

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ClipPairViews.Of(_view, _options);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "two clips of a video");
        var labels = batch.Labels ?? throw new ArgumentException("UberNCE needs the labels of the batch.", nameof(batch));   // [N]
        var q = projector.call(backbone.call(batch.Views[0]));                             // [N, D]
        var k = momentumEncoder.Keys(batch.Views[1], context);                             // [N, D], no gradient
        var logits = InfoNCELoss.Logits(q, k, queue.Keys, _options.Temperature);           // [N, 1 + K]
        var positives = MultiPositiveLoss.OfSameClass(labels, queue.Labels!);              // [N, 1 + K]

        return new(MultiPositiveLoss.OfSharesApart(logits, positives))
        {
            Embedding = q,
            Positive = k,
            Diagnostics = [new("proxy_accuracy", MultiPositiveLoss.Accuracy(logits, positives, 1))],
            Remember = [new(queue, k, labels)],
        };
    }
}
