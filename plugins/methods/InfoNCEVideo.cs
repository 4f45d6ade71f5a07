using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of InfoNCE on clips, section <c>method</c> of a recipe.</summary>
public sealed record InfoNCEVideoOptions : ClipQueueOptions;

/// <summary>MoCo on clips: a clip finds the key of another view of its video among those of other videos. CoCLR's co-training begins with it.</summary>
/// <remarks>
/// <para>Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, equation (1), https://arxiv.org/abs/2010.09709, and the
/// authors' code: <see cref="InfoNCELoss"/> with a queue, keys encoded in random order (<see cref="BatchShuffle"/>); the views are
/// <see cref="ClipPairViews"/>.</para>
/// <para>Optical flow is computed of the finished view (<see cref="ModalityBackbone"/>); the authors compute it of whole frames beforehand, by TV-L1, and
/// change its images as colours.</para>
/// </remarks>
[Plugin("infonce-video", Options = typeof(InfoNCEVideoOptions), Summary = "MoCo on clips or on their optical flow: where CoCLR begins.", Family = "video",
    Paper = "Self-supervised Co-training for Video Representation Learning", Authors = "Han, Xie, Zisserman", Venue = "NeurIPS", Year = 2020,
    ArXiv = "2010.09709")]
public sealed class InfoNCEVideo : Module, IMethod, IMomentumPairs, IGathered, IRunRequirements
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FeatureQueue queue;
    private readonly InfoNCEVideoOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds both encoders and the queue.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size.</exception>
    public InfoNCEVideo(BackboneFactory backbones, InfoNCEVideoOptions options, RunInfo run)
        : base(nameof(InfoNCEVideo))
    {
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (Network(), Network());
        projector = Projector();
        momentumEncoder = new(
            (backbone, projector), (target, Projector()), MomentumSchedule.Constant(options.Momentum), MomentumUpdate.BeforeForward);
        queue = new(options.QueueSize, options.ProjectionDim, run.BatchSize, run.Seed);
        RegisterComponents();

        IBackbone Network() => ModalityBackbone.Of(options.Modality, backbones, run.Data);

        Module<Tensor, Tensor> Projector() => ProjectionHead.Mlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _options.Modality == Modality.Flow ? ModalityBackbone.FlowFaults("infonce-video", run) : [];

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
        var q = projector.call(backbone.call(batch.Views[0]));       // [N, D]
        var k = momentumEncoder.Keys(batch.Views[1], context);       // [N, D], no gradient

        return QueueContrast.Step(q, k, queue, _options.Temperature);
    }
}
