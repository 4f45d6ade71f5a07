using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of ReSSL, section <c>method</c> of a recipe.</summary>
public sealed record ReSSLOptions : IValidatableObject, IRunRequirements
{
    /// <summary>Student's divisor of the cosines, positive. Authors' code: 0.1.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double StudentTemperature { get; init; } = 0.1;

    /// <summary>Teacher's divisor of the cosines, positive, at most the student's: the target must not be flatter than the prediction. Authors' code:
    /// 0.04.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double TeacherTemperature { get; init; } = 0.04;

    /// <summary>Share of the momentum encoder kept at each step, a fraction in [0, 1). Authors' code: 0.999 on ImageNet.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.999;

    /// <summary>Teacher's keys K in the queue, a multiple of the batch size. Paper: 16384 on STL-10 and Tiny ImageNet (default), 4096 on CIFAR; authors' code:
    /// 131072 on ImageNet.</summary>
    [Range(2, 1 << 24)]
    public int QueueSize { get; init; } = 16384;

    /// <summary>Width D of the projections. Authors' code: 512.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 512;

    /// <summary>Width of the head's hidden layer. Authors' code: 4096.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;

    /// <summary>Strong views per image, each smaller than the one before. Paper: 1, or 5 as multi-crop.</summary>
    [Range(1, ViewBuilder.MostShrinkingCrops)]
    public int StrongViews { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TeacherTemperature > StudentTemperature)
        {
            yield return new(
                $"method.teacherTemperature is {TeacherTemperature}, above method.studentTemperature {StudentTemperature}: the target would be flatter "
                    + "than the prediction. Lower it; the paper takes 0.04 and 0.1.",
                [nameof(TeacherTemperature)]);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => FeatureQueue.Faults(QueueSize, run.BatchSize);
}

/// <summary>A student that sees strong views follows the similarities to other images that a teacher finds in a weak view. No pair of views is pulled together
/// directly.</summary>
/// <remarks>
/// <para>Zheng et al., "ReSSL: Relational Self-Supervised Learning with Weak Augmentation", NeurIPS 2021, algorithm 1, https://arxiv.org/abs/2107.09282, and
/// the authors' code. The first view is the teacher's; all further views, of any size, are the student's, and their losses are averaged.</para>
/// <para>Differs from the code: the reported weight decay of 0 by parameter name is not kept; set <c>optimizer.excludeNormAndBias</c>, which also covers
/// normalisations named otherwise.</para>
/// </remarks>
[Plugin("ressl", Options = typeof(ReSSLOptions), Summary = "Follows a weakly augmented teacher's similarities to a queue of other images.",
    Family = "relational", Paper = "ReSSL: Relational Self-Supervised Learning with Weak Augmentation", Authors = "Zheng, You, Wang, Qian, Zhang, Wang, Xu",
    Venue = "NeurIPS", Year = 2021, ArXiv = "2107.09282")]
public sealed class ReSSL : Module, IMethod, IMomentumPairs, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FeatureQueue queue;
    private readonly ReSSLOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds student, teacher and queue.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size.</exception>
    public ReSSL(BackboneFactory backbones, ReSSLOptions options, RunInfo run)
        : base(nameof(ReSSL))
    {
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (backbones(), backbones());
        projector = Projector();
        momentumEncoder = new(
            (backbone, projector), (target, Projector()), MomentumSchedule.Constant(options.Momentum), MomentumUpdate.BeforeForward);
        queue = new FeatureQueue(options.QueueSize, options.ProjectionDim, keysPerStep: run.BatchSize, run.Seed);
        RegisterComponents();

        Module<Tensor, Tensor> Projector() => ProjectionHead.Mlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => _view.WeakThenStrong(_options.StrongViews);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "the teacher's weak view, then the student's strong views");
        var k = momentumEncoder.Keys(batch.Views[0], context);                                                       // [N, D], no gradient
        var targets = Neighbourhood.Of(k, queue.Keys, _options.TeacherTemperature);                                  // over the queue, no gradient
        var students = CropGroups.Encode([.. batch.Views.Skip(1)], x => projector.call(backbone.call(x)));           // [N, D] each
        var losses = students.Select(q => ReSSLLoss.Compute(q, targets, queue.Keys, _options.StudentTemperature));   // [] each

        return new(stack([.. losses]).mean())
        {
            Embedding = students[0],
            Positive = k,
            Targets = SoftTargets.Sample(k, queue.Keys, _options.TeacherTemperature),
            Diagnostics = [new("target_confidence", targets.Confidence(_options.QueueSize).mean())],
            Remember = [new(queue, k)],
        };
    }
}
