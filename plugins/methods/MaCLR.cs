using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of MaCLR, section <c>method</c> of a recipe.</summary>
public sealed record MaCLROptions : IValidatableObject, IRunRequirements
{
    /// <summary>Divisor of the cosines, positive. Authors' option table: 0.1.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Weight of the two terms between the pathways, not negative. A re-implementation by others: 1.</summary>
    [Range(0.0, 100.0)]
    public double CrossWeight { get; init; } = 1;

    /// <summary>Whether motion is also contrasted with motion. Authors' option table: off.</summary>
    public bool MotionContrast { get; init; }

    /// <summary>What the motion pathway sees: flow-edge, frame-difference or flow. Paper, section 3: flow-edge.</summary>
    public MotionInput Motion { get; init; } = MotionInput.FlowEdge;

    /// <summary>Least time between the two clips of a video in seconds, where it is long enough. Authors' option table: 0.5.</summary>
    [Range(0.0, 3600.0)]
    public double MinSecondsApart { get; init; } = 0.5;

    /// <summary>Most time between the two clips of a video in seconds. Authors' option table: 10.</summary>
    [Range(0.0, 3600.0)]
    public double MaxSecondsApart { get; init; } = 10;

    /// <summary>Share of the momentum encoders kept at each step, a fraction in [0, 1). Authors' option table: 0.999.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.999;

    /// <summary>Keys K in each of the two queues: a multiple of the batch size. Authors' option table: 65536.</summary>
    [Range(1, 1 << 24)]
    public int QueueSize { get; init; } = 65536;

    /// <summary>Width of the projectors' hidden layer. Authors' code: 2048.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 2048;

    /// <summary>Width D of the projections. Authors' code: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MinSecondsApart > MaxSecondsApart)
        {
            yield return new(
                $"method.minSecondsApart is {MinSecondsApart}, above method.maxSecondsApart, {MaxSecondsApart}. Lower the one or raise the other.",
                [nameof(MinSecondsApart)]);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) =>
    [
        .. FeatureQueue.Faults(QueueSize, run.BatchSize), .. RgbViews.Faults("maclr", run),
    ];
}

/// <summary>A network for pictures and one for motion learn from each other: clips of one video attract, within the pictures and between both.</summary>
/// <remarks>
/// <para>Xiao et al., "MaCLR: Motion-aware Contrastive Learning of Representations for Videos", ECCV 2022, https://arxiv.org/abs/2106.09703: momentum contrast
/// with a queue for each pathway (<see cref="MaCLRLoss"/>). The pathway of pictures is kept.</para>
/// <para>The authors published their options, but no training code. Ours: motion is computed of the finished view, at its size, where they compute the flow of
/// the whole frame first; both pathways have the network of the recipe, where theirs has an eighth of the channels for motion; motion is between the frames
/// of the view, with 8 frames over 64 at 30 per second 0.27 s apart, where theirs has a clip of its own of 16 frames, every fourth; crop, flip and strength of
/// the colours are those of the authors' evaluation, the shares of images that are changed ours. The weight of the terms between the pathways is that of a
/// re-implementation. The method is the subject of US patent 11,971,956: ask before you use it in a product.</para>
/// </remarks>
[Plugin("maclr", Options = typeof(MaCLROptions), Summary = "Momentum contrast of clips, and between clips and their motion.", Family = "video",
    Paper = "MaCLR: Motion-aware Contrastive Learning of Representations for Videos", Authors = "Xiao, Tighe, Modolo", Venue = "ECCV", Year = 2022,
    ArXiv = "2106.09703")]
public sealed class MaCLR : Module, IMethod, IMomentumPairs, IRunRequirements
{
    private readonly IBackbone backbone, motionBackbone;
    private readonly Module<Tensor, Tensor> projector, motionProjector;
    private readonly MomentumEncoder momentumEncoder, motionMomentumEncoder;
    private readonly FeatureQueue queue, motionQueue;
    private readonly MaCLROptions _options;
    private readonly ViewBuilder _view;
    private readonly RgbViews _rgb;

    /// <summary>Builds both pathways, their momentum encoders and queues.</summary>
    /// <exception cref="ConfigurationException">The queues are no multiple of the batch.</exception>
    public MaCLR(BackboneFactory backbones, MaCLROptions options, RunInfo run)
        : base(nameof(MaCLR))
    {
        (_options, _view, _rgb) = (options, new(run.ImageSize), new(run.Data));
        (backbone, projector, momentumEncoder) = Pathway();
        (motionBackbone, motionProjector, motionMomentumEncoder) = Pathway();
        (queue, motionQueue) = (Queue(run.Seed), Queue(run.Seed + 1));
        RegisterComponents();

        (IBackbone, Module<Tensor, Tensor>, MomentumEncoder) Pathway()
        {
            var (online, target) = (backbones(), backbones());
            var (head, targetHead) = (Projector(online), Projector(target));

            return (online, head, new(
                (online, head), (target, targetHead), MomentumSchedule.Constant(options.Momentum), MomentumUpdate.BeforeForward));
        }

        Module<Tensor, Tensor> Projector(IBackbone of) => ProjectionHead.Mlp(of.FeatureDim, options.HiddenDim, options.ProjectionDim);

        FeatureQueue Queue(long seed) => new(options.QueueSize, options.ProjectionDim, keysPerStep: run.BatchSize, seed);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) =>
        run.Clip is { Frames: < 2 } ? ["clips.frames is 1, but motion takes two frames at least. Raise it."] : Array.Empty<string>();

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(
        2, View(_view.Crop(0.3, elongation: 2), Flip(), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), _view.Blur(0.5))) with
    {
        Clips = new([new(8) { Stride = 8, Rate = 30, Short = ShortVideo.RepeatLast }], new ApartClips(_options.MinSecondsApart, _options.MaxSecondsApart)),
    };

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => [.. momentumEncoder.MomentumPairs, .. motionMomentumEncoder.MomentumPairs];

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "two clips of a video");
        var (a, b) = (batch.Views[0], batch.Views[1]);                                                                      // [N, 3, T, H, W] each
        var (motionA, motionB) = (MotionClips.Of(_rgb.Of(a), _options.Motion), MotionClips.Of(_rgb.Of(b), _options.Motion));   // [N, 3, T, H, W] each
        var q = projector.call(backbone.call(a));                                                                           // [N, D]
        var motionQ = motionProjector.call(motionBackbone.call(motionA));                                                   // [N, D]
        var (k, motionK) = (Rows.Unit(momentumEncoder.call(b)), Rows.Unit(motionMomentumEncoder.call(motionB)));            // [N, D] each, no gradient
        var terms = MaCLRLoss.Of(new(q, k, queue.Keys), new(motionQ, motionK, motionQueue.Keys), _options.Temperature, _options.MotionContrast);

        return new(terms.Weighted(_options.CrossWeight))
        {
            Embedding = q,
            Positive = k,
            Diagnostics =
            [
                new("visual_loss", terms.Visual), new("visual_to_motion_loss", terms.VisualToMotion), new("motion_to_visual_loss", terms.MotionToVisual),
            ],
            Remember = [new(queue, k), new(motionQueue, motionK)],
        };
    }
}
