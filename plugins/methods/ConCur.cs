using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>How the span of ConCur's clips grows.</summary>
public enum SpanGrowth
{
    /// <summary>Along a line.</summary>
    Linear,

    /// <summary>Along half a cosine.</summary>
    Cosine,
}

/// <summary>Settings of ConCur, section <c>method</c> of a recipe. The paper's own could not be read: all are our definition.</summary>
public sealed record ConCurOptions : IValidatableObject
{
    /// <summary>Divisor of the cosines, positive. Ours: 0.1.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>How far apart the clips begin at most in the first epoch, as a fraction in [0, 1] of what the video allows. Ours: 0.1.</summary>
    [Range(0.0, 1.0)]
    public double InitialSpan { get; init; } = 0.1;

    /// <summary>The same in the last epoch; equal to <see cref="InitialSpan"/> it is constant. Ours: 1.</summary>
    [Range(0.0, 1.0)]
    public double FinalSpan { get; init; } = 1;

    /// <summary>How the span grows between the two: linear or cosine. Ours: linear.</summary>
    public SpanGrowth SpanGrowth { get; init; } = SpanGrowth.Linear;

    /// <summary>Stages of the run, equally long, in each of which the span stays the same; 0 changes it with every epoch. Ours: 0.</summary>
    [Range(0, 10_000)]
    public int SpanStages { get; init; }

    /// <summary>Weight of the prediction of the temporal distance, not negative. Ours: 1.</summary>
    [Range(0.0, 100.0)]
    public double DistanceWeight { get; init; } = 1;

    /// <summary>Classes of the temporal distance, 2 or more; 0 predicts the distance itself. Ours: 0.</summary>
    [Range(0, 1000)]
    public int DistanceClasses { get; init; }

    /// <summary>Width of the hidden layer of projector and distance head. Ours: 512.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 512;

    /// <summary>Width D of the projections. Ours: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => DistanceClasses != 1 ? [] :
    [
        new("method.distanceClasses is 1, which every distance has. Give 2 or more, or 0 to predict the distance itself.", [nameof(DistanceClasses)]),
    ];
}

/// <summary>Two clips of a video attract each other, near ones at first, distant ones later; the network also tells how far apart they begin.</summary>
/// <remarks>
/// <para>After the abstract of Roy and Etemad, "Temporal Contrastive Learning with Curriculum", ICASSP 2023, https://arxiv.org/abs/2209.00760: clips close in
/// time are easy positives, the span grows with training, and an auxiliary task predicts the temporal distance of a pair.</para>
/// <para>Everything else is our definition, since neither the method's section nor code could be read: the growth of the span
/// (<see cref="CurriculumClips"/>), SimCLR's loss over the batch, the squared error of the distance (<see cref="TemporalDistance"/>), heads, views and all
/// numbers. Which of the two clips is the earlier one is random, so that their order tells nothing. Results are not the paper's.</para>
/// </remarks>
[Plugin("concur", Options = typeof(ConCurOptions), Summary = "Contrasts clips that move apart during training, and tells how far apart they are.",
    Family = "video", Paper = "Temporal Contrastive Learning with Curriculum", Authors = "Roy, Etemad", Venue = "ICASSP", Year = 2023, ArXiv = "2209.00760")]
public sealed class ConCur : Module, IMethod, IGathered, IBatchCoupled, IRunRequirements
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector, distanceHead;
    private readonly ConCurOptions _options;
    private readonly ViewBuilder _view;
    private readonly CurriculumClips _clips;

    /// <summary>Builds the heads on a backbone.</summary>
    public ConCur(IBackbone backbone, ConCurOptions options, RunInfo run)
        : base(nameof(ConCur))
    {
        (this.backbone, _options, _view) = (backbone, options, new(run.ImageSize));
        var (first, last) = (options.InitialSpan, options.FinalSpan);
        _clips = new(options.SpanGrowth == SpanGrowth.Cosine ? new(first, last) : MomentumSchedule.Linear(first, last), options.SpanStages, run.Epochs);
        projector = ProjectionHead.Layers(
            backbone.FeatureDim, new(options.HiddenDim, Bias: true, HeadNorm.Batch, Relu: true), new(options.ProjectionDim, Bias: true));
        distanceHead = ProjectionHead.Mlp(2 * backbone.FeatureDim, options.HiddenDim, Math.Max(1, options.DistanceClasses));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _options.SpanStages == 0 || (_options.SpanStages >= 2 && _options.SpanStages <= run.Epochs) ? []
        : [$"method.spanStages is {_options.SpanStages}, but the run has {run.Epochs} epochs. Expected 2 to that, or 0 for a change with every epoch."];

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([Distorted(_view.BlurByTenth(1)), Distorted(_view.BlurByTenth(0.1), solarize: 0.2)])
    {
        Clips = new([new(16) { Stride = 2, Short = ShortVideo.Loop }], _clips),
    };

    /// <inheritdoc/>
    public string BatchCoupling => "Every video of the batch is a negative of every other.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "two clips of a video");
        var (ha, hb) = (backbone.call(batch.Views[0]), backbone.call(batch.Views[1]));   // [N, F] each
        var za = context.Processes.Gather(projector.call(ha));                           // [N, D], N over all processes
        var zb = context.Processes.Gather(projector.call(hb));                           // [N, D]
        var distance = TemporalDistance.Of(batch);                                       // [N]
        var distanceLoss = DistanceLoss(distanceHead.call(cat([ha, hb], 1)), distance);  // []
        var loss = NTXentLoss.Compute(za, zb, _options.Temperature) + (_options.DistanceWeight * distanceLoss);   // []

        return new(loss)
        {
            Embedding = za,
            Positive = zb,
            Diagnostics = [new("distance_loss", distanceLoss), new("temporal_distance", distance.mean())],
        };
    }

    private Tensor DistanceLoss(Tensor prediction, Tensor distance) => _options.DistanceClasses == 0
        ? TemporalDistance.SquaredError(prediction.squeeze(1), distance)
        : ClassPrediction.Loss(prediction, TemporalDistance.Classes(distance, _options.DistanceClasses));

    private ViewSpec Distorted(AugmentationSpec? blur, double solarize = 0) => View(
        _view.Crop(0.3, elongation: 2), Flip(), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), blur, Solarize(solarize));
}
