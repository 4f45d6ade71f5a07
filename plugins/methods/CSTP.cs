using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of CSTP, section <c>method</c> of a recipe.</summary>
public sealed record CSTPOptions : IRunRequirements
{
    /// <summary>Weight of BYOL, not negative. Authors' code: 0.1.</summary>
    [Range(0.0, 100.0)]
    public double ByolWeight { get; init; } = 0.1;

    /// <summary>Weight of the spatial overlap, not negative. Authors' code: 1.</summary>
    [Range(0.0, 100.0)]
    public double SpatialWeight { get; init; } = 1;

    /// <summary>Weight of the temporal overlap, not negative. Authors' code: 1.</summary>
    [Range(0.0, 100.0)]
    public double TemporalWeight { get; init; } = 1;

    /// <summary>Weight of the pace of both clips, not negative. Authors' code: 1.</summary>
    [Range(0.0, 100.0)]
    public double PaceWeight { get; init; } = 1;

    /// <summary>Weight of the rotation of both clips, not negative. Authors' code: 1.</summary>
    [Range(0.0, 100.0)]
    public double RotationWeight { get; init; } = 1;

    /// <summary>Share of the momentum encoder kept at each step, a fraction in [0, 1). Authors' code: 0.996.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.996;

    /// <summary>Width of the hidden layer of projector and predictor. Authors' code: 4096.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;

    /// <summary>Width D of projections and predictions. Authors' code: 512.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 512;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => run.ViewCount is null ? []
        : ["The section views says how frames are cut, but cstp cuts both clips of a video itself and learns how they overlap. Remove it ('views: null')."];
}

/// <summary>BYOL on two clips of a video, and four questions about them: how much they overlap in space and in time, at what pace they run, how each is
/// turned.</summary>
/// <remarks>
/// <para>Zhang et al., "Contrastive Spatio-Temporal Pretext Learning for Self-supervised Video Representation", AAAI 2022, https://arxiv.org/abs/2112.08913,
/// and the authors' code: the loss is a tenth of BYOL plus the cross-entropies of the four classifications (<see cref="CSTPTerms"/>), which are made of the
/// features. Both clips have one pace, every frame to every eighth; their stride in a recipe is that of evaluations.</para>
/// <para>Differs from the code: clips are cut out of the middle square of each frame, and mirrored and turned after that, so that their overlap stays true
/// (<see cref="OverlapTasks"/>); they are resized by bilinear interpolation, there bicubic. Colours change before the cut, each operation by itself with the
/// share of clips that the code has; there is no rotation by a few degrees, and grey clips have their true luma. Pace and rotation have 4 outputs, there a
/// fifth that never is the right one. The target starts as a copy of the online network, and scales of normalisations at 1.</para>
/// </remarks>
[Plugin("cstp", Options = typeof(CSTPOptions), Summary = "BYOL on clips, with the overlap, pace and rotation of two clips to be told.", Family = "video",
    Paper = "Contrastive Spatio-Temporal Pretext Learning for Self-supervised Video Representation",
    Authors = "Zhang, Po, Xu, Liu, Wang, Ou, Zhao, Yu", Venue = "AAAI", Year = 2022, ArXiv = "2112.08913")]
public sealed class CSTP : Module, IMethod, IMomentumPairs, IRunRequirements
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector, predictor, spatialHead, temporalHead, paceHead, rotationHead;
    private readonly MomentumEncoder momentumEncoder;
    private readonly CSTPOptions _options;
    private readonly ViewBuilder _view;
    private readonly OverlapTasks _tasks;

    /// <summary>Builds both networks and the four heads.</summary>
    public CSTP(BackboneFactory backbones, CSTPOptions options, RunInfo run)
        : base(nameof(CSTP))
    {
        (_options, _view, _tasks) = (options, new(run.ImageSize), new(run));
        (backbone, var target) = (backbones(), backbones());
        projector = Head(backbone.FeatureDim);
        momentumEncoder = new(
            (backbone, projector), (target, Head(backbone.FeatureDim)), MomentumSchedule.Constant(options.Momentum), MomentumUpdate.BeforeForward);
        predictor = Head(options.ProjectionDim);
        (spatialHead, temporalHead) = (Classifier(2 * backbone.FeatureDim, OverlapRates.Count), Classifier(2 * backbone.FeatureDim, OverlapRates.Count));
        (paceHead, rotationHead) = (Classifier(backbone.FeatureDim, OverlappingClips.Paces), Classifier(backbone.FeatureDim, QuarterTurns.Count));
        RegisterComponents();

        Module<Tensor, Tensor> Head(int width) => SiameseHeads.BYOL(width, options.HiddenDim, options.ProjectionDim, HeadBias.Both);

        static Module<Tensor, Tensor> Classifier(int width, int classes) =>
            ProjectionHead.Layers(width, new(width, Bias: true, HeadNorm.Batch, Relu: true), new(classes, Bias: true));
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(2, View(
        _view.Crop(1, side: _tasks.FrameSide, elongation: 1),   // the middle square
        Jitter(0.4, 0.4, 0.4, 0.1, probability: 0.24), Grayscale(0.06), _view.Blur(0.15))) with   // 0.8, 0.2 and 0.5 of 0.3 of the clips
    {
        Clips = new([new(16) { Stride = 4, Short = ShortVideo.Loop }], new OverlappingClips()),
    };

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "two clips of a video");
        var task = _tasks.Of(batch, context);
        var (ha, hb) = (backbone.call(task.First), backbone.call(task.Second));                                        // [N, F] each
        var (za, zb) = (projector.call(ha), projector.call(hb));                                                       // [N, D] each
        var (ta, tb) = (momentumEncoder.call(task.First), momentumEncoder.call(task.Second));                          // [N, D] each, no gradient
        var pair = cat([ha, hb], 1);                                                                                   // [N, 2 F]
        var (spatial, temporal) = (spatialHead.call(pair), temporalHead.call(pair));                                   // [N, 5] each
        var (paceA, paceB) = (paceHead.call(ha), paceHead.call(hb));                                                   // [N, 4] each
        var (turnsA, turnsB) = (rotationHead.call(ha), rotationHead.call(hb));                                         // [N, 4] each
        var terms = new CSTPTerms(
            CSTPTerms.OfPair(predictor.call(za), ta, predictor.call(zb), tb),
            ClassPrediction.Loss(spatial, task.Spatial),
            ClassPrediction.Loss(temporal, task.Temporal),
            CSTPTerms.OfBoth(paceA, task.Pace, paceB, task.Pace),
            CSTPTerms.OfBoth(turnsA, task.FirstTurns, turnsB, task.SecondTurns));

        return new(terms.Weighted(_options.ByolWeight, _options.SpatialWeight, _options.TemporalWeight, _options.PaceWeight, _options.RotationWeight))
        {
            Embedding = za,
            Positive = tb,
            Diagnostics =
            [
                new("spatial_accuracy", ClassPrediction.Accuracy(spatial, task.Spatial)),
                new("temporal_accuracy", ClassPrediction.Accuracy(temporal, task.Temporal)),
                new("pace_accuracy", ClassPrediction.Accuracy(paceA, task.Pace)),
                new("rotation_accuracy", ClassPrediction.Accuracy(turnsA, task.FirstTurns)),
            ],
        };
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) =>
        run.Clip is { Frames: < 2 } ? ["clips.frames is 1, but a pace takes two frames at least. Raise it."]
        : run.Clip is { Rate: not null } or { Seconds: not null } ? ["cstp draws its pace in frames of the video. Remove clips.rate and clips.seconds."]
        : [];
}
