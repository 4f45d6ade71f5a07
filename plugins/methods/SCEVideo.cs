using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SCE for video, section <c>method</c> of a recipe. The defaults are the authors' on Kinetics-400.</summary>
public sealed record SCEVideoOptions : IRunRequirements
{
    /// <summary>Student's divisor of the cosines, positive. Authors' code: 0.1.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Teacher's divisor of the cosines, positive. Authors' code: 0.05; 0.07 in its baseline.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double TargetTemperature { get; init; } = 0.05;

    /// <summary>Share of the positive in the target, a fraction in [0, 1]: 1 is InfoNCE, 0 leaves the similarities alone. Authors' code: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double Coefficient { get; init; } = 0.5;

    /// <summary>Share of the clips that become differences of neighbouring frames, a fraction in [0, 1]. Authors' code: 0.2.</summary>
    [Range(0.0, 1.0)]
    public double TemporalDifference { get; init; } = 0.2;

    /// <summary>Share of the momentum encoder kept at the first step, a fraction in [0, 1); it rises to 1 along a cosine. Authors' code: 0.99.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.99;

    /// <summary>Teacher's keys K in the queue: a multiple of twice the batch size. Authors' code: 65536; 32768 on Kinetics-200.</summary>
    [Range(1, 1 << 24)]
    public int QueueSize { get; init; } = 65536;

    /// <summary>Width of the projector's hidden layers. Authors' code: 4096; 1024 for R3D-18.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;

    /// <summary>Width D of the projections. Authors' code: 256.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;

    /// <summary>Width of the hidden layer of the student's predictor. Authors' code: 4096; 1024 for R3D-18.</summary>
    [Range(1, 65536)]
    public int PredictorDim { get; init; } = 4096;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) =>
    [
        .. FeatureQueue.Faults(QueueSize, 2L * run.BatchSize),
        .. TemporalDifference > 0 && run.Data.Channels != 3
            ?
            [
                $"method.temporalDifference is {TemporalDifference}, but the frames of {run.Data.Name} have {run.Data.Channels} channel; expected 3. "
                    + "Set it to 0.",
            ]
            : Array.Empty<string>(),
    ];
}

/// <summary>Each clip must match the other clip of its video by one share and, by the rest, be as similar to other videos as the teacher finds them.</summary>
/// <remarks>
/// <para>Denize et al., "Similarity Contrastive Estimation for Image and Video Soft Contrastive Self-Supervised Learning", Machine Vision and Applications
/// 2023, https://arxiv.org/abs/2212.11187, and the authors' code: two clips of 8 frames, each spread over 2.56 seconds; the positive keeps a logit of 0 in the
/// teacher's softmax (<see cref="SCEPositive.ZeroLogit"/>); the loss is the mean of both directions.</para>
/// <para>Differs from the code: there, differences are taken of neighbouring frames of the video, before frames are chosen and colours changed; here of the
/// chosen frames of a finished view. Small frames are not blurred.</para>
/// </remarks>
[Plugin("sce-video", Options = typeof(SCEVideoOptions), Summary = "SCE on clips: the target is part positive, part the teacher's similarities.",
    Family = "video", Paper = "Similarity Contrastive Estimation for Image and Video Soft Contrastive Self-Supervised Learning",
    Authors = "Denize, Rabarisoa, Orcesi, Hérault", Venue = "Machine Vision and Applications", Year = 2023, ArXiv = "2212.11187")]
public sealed class SCEVideo : Module, IMethod, IMomentumPairs, IRunRequirements
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector, predictor;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FeatureQueue queue;
    private readonly SCEVideoOptions _options;
    private readonly ViewBuilder _view;
    private readonly RandomMotion _differences;

    /// <summary>Builds student, teacher and queue.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the keys per step.</exception>
    public SCEVideo(BackboneFactory backbones, SCEVideoOptions options, RunInfo run)
        : base(nameof(SCEVideo))
    {
        (_options, _view, _differences) = (options, new(run.ImageSize), RandomMotion.Differences(options.TemporalDifference, run));
        (backbone, var target) = (backbones(), backbones());
        projector = Projector();
        momentumEncoder = new((backbone, projector), (target, Projector()), new(options.Momentum, 1), MomentumUpdate.AfterOptimizerStep);
        predictor = ProjectionHead.Layers(
            options.ProjectionDim, new(options.PredictorDim, Bias: false, HeadNorm.Batch, Relu: true), new(options.ProjectionDim, Bias: false));
        queue = new(options.QueueSize, options.ProjectionDim, keysPerStep: 2L * run.BatchSize, run.Seed);
        RegisterComponents();

        Module<Tensor, Tensor> Projector() => ProjectionHead.Layers(
            backbone.FeatureDim, new(options.HiddenDim, Bias: false, HeadNorm.Batch, Relu: true),
            new(options.HiddenDim, Bias: false, HeadNorm.Batch, Relu: true), new(options.ProjectionDim, Bias: false, HeadNorm.BatchWithoutAffine));
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _options.TemporalDifference > 0 && run.Clip is { Frames: < 2 }
        ? ["clips.frames is 1, but method.temporalDifference takes two frames at least. Raise the one, or set the other to 0."]
        : Array.Empty<string>();

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([Distorted(_view.BlurByTenth(1)), Distorted(_view.BlurByTenth(0.1), solarize: 0.2)])
    {
        Clips = new([new(8) { Seconds = 2.56, Short = ShortVideo.Even }]),
    };

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "two clips of a video");
        var (a, b) = (_differences.Of(batch, context, view: 0), _differences.Of(batch, context, view: 1));   // [N, C, T, H, W] each
        var (qa, qb) = (predictor.call(projector.call(backbone.call(a))), predictor.call(projector.call(backbone.call(b))));   // [N, D] each
        var (ka, kb) = (Rows.Unit(momentumEncoder.call(a)), Rows.Unit(momentumEncoder.call(b)));             // [N, D] each, no gradient
        var neighbours = Neighbourhood.Of(ka, queue.Keys, _options.TargetTemperature);
        var loss = (Loss(qb, ka, neighbours) + Loss(qa, kb, Neighbourhood.Of(kb, queue.Keys, _options.TargetTemperature))) / 2;   // []
        var similar = SoftTargets.Sample(ka, queue.Keys, _options.TargetTemperature);                        // [n, K]

        return new(loss)
        {
            Embedding = qa,
            Positive = kb,
            Targets = similar,   // without the share of the positive, which is nearly the same for every clip
            Diagnostics = [new("target_confidence", neighbours.Confidence(similar.shape[1]).mean())],
            Remember = [new(queue, ka), new(queue, kb)],
        };
    }

    private Tensor Loss(Tensor q, Tensor k, Neighbourhood neighbours) =>
        SCELoss.Compute(q, k, queue.Keys, neighbours, _options.Temperature, _options.Coefficient, SCEPositive.ZeroLogit);   // []

    private ViewSpec Distorted(AugmentationSpec? blur, double solarize = 0) => View(
        _view.Crop(0.2, 0.766), Jitter(0.8, 0.8, 0.4, 0.2), Grayscale(), blur, Solarize(solarize), Flip());
}
