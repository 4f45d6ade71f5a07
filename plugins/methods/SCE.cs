using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SCE, section <c>method</c> of a recipe. The defaults are the paper's on ImageNet; its small setting is in
/// <c>recipes/sce/cifar10.yaml</c>.</summary>
public sealed record SCEOptions : IValidatableObject, IRunRequirements
{
    /// <summary>Student's divisor of the cosines, positive. Paper, section 4: 0.1.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Teacher's divisor of the cosines, positive. Paper, section 4: 0.07 on ImageNet, 0.05 on CIFAR-10.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double TargetTemperature { get; init; } = 0.07;

    /// <summary>Share of the positive in the target, a fraction in [0, 1]: 1 is InfoNCE, 0 leaves the similarities alone. Paper, section 4: 0.5.</summary>
    [Range(0.0, 1.0)]
    public double Coefficient { get; init; } = 0.5;

    /// <summary>The positive in the teacher's softmax over the queue: zero-logit as in the authors' code, or excluded as in the paper. With batchKeys it is
    /// always excluded.</summary>
    public SCEPositive PositiveInTarget { get; init; } = SCEPositive.ZeroLogit;

    /// <summary>Whether the other keys of the batch join both softmaxes. Off in the reported ImageNet runs; an option of the authors' newer code.</summary>
    public bool BatchKeys { get; init; }

    /// <summary>Share of the momentum encoder kept at the first step, a fraction in [0, 1). Authors' code: 0.99.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.99;

    /// <summary>The same at the end, reached along a cosine, a fraction in [0, 1]. Authors' code: 1 on ImageNet; 0.99, constant, on CIFAR-10.</summary>
    [Range(0.0, 1.0)]
    public double FinalMomentum { get; init; } = 1;

    /// <summary>Teacher's keys K in the queue: a multiple of the batch size, of twice the batch size when symmetric; 0 for none, which needs batchKeys. Paper:
    /// 65536, 4096 on CIFAR-10.</summary>
    [Range(0, 1 << 24)]
    public int QueueSize { get; init; } = 65536;

    /// <summary>Whether the first two views are both seen by the teacher and both entered in the queue; otherwise the first is the teacher's alone. Authors'
    /// code: yes on ImageNet, no on CIFAR-10.</summary>
    public bool Symmetric { get; init; } = true;

    /// <summary>Further, smaller views for the student. Paper: 0, or 4 as multi-crop.</summary>
    [Range(0, MostShrinkingCrops - 1)]
    public int LocalViews { get; init; }

    /// <summary>Linear layers of the projector. Authors' code: 3 on ImageNet, 2 on CIFAR-10.</summary>
    [Range(1, 8)]
    public int ProjectorLayers { get; init; } = 3;

    /// <summary>Width of the projector's hidden layers. Authors' code: 2048 on ImageNet (4096 with multi-crop), 512 on CIFAR-10.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 2048;

    /// <summary>Width D of the projections. Authors' code: 256 on ImageNet, 128 on CIFAR-10.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;

    /// <summary>Whether the projector ends in a batch normalisation without scale and shift instead of a bias. Authors' code: yes on ImageNet, no on
    /// CIFAR-10.</summary>
    public bool OutputNorm { get; init; } = true;

    /// <summary>Width of the hidden layer of the student's predictor; 0 for no predictor. Authors' code: 4096 on ImageNet, none on CIFAR-10.</summary>
    [Range(0, 65536)]
    public int PredictorDim { get; init; } = 4096;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (QueueSize == 0 && !BatchKeys)
        {
            yield return new(
                "method.queueSize is 0 and method.batchKeys is off: nothing is left to compare with. Give the queue a size or switch batchKeys on.",
                [nameof(QueueSize)]);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => QueueSize == 0 ? [] : FeatureQueue.Faults(QueueSize, Symmetric ? 2L * run.BatchSize : run.BatchSize);
}

/// <summary>Each student view must match its own image by one share and, by the rest, be as similar to other images as the teacher finds them.</summary>
/// <remarks>
/// Denize et al., "Similarity Contrastive Estimation for Self-Supervised Soft Contrastive Learning", WACV 2023, https://arxiv.org/abs/2111.14585, and the
/// authors' code. Teacher's views are the first, or the first two when symmetric; student's views are all views, or all but the first when not symmetric. The
/// loss is the mean over every pair of a teacher's and another student's view, which also covers multi-crop. The authors' code has no symmetric setting for
/// small images: their views are not blurred (ours); the views of its setting for CIFAR-10, which is not symmetric, are.
/// </remarks>
[Plugin("sce", Options = typeof(SCEOptions), Summary = "Contrasts views softly: the target is part positive, part the teacher's similarities.",
    Family = "relational", Paper = "Similarity Contrastive Estimation for Self-Supervised Soft Contrastive Learning",
    Authors = "Denize, Rabarisoa, Orcesi, Hérault, Canu", Venue = "WACV", Year = 2023, ArXiv = "2111.14585")]
public sealed class SCE : Module, IMethod, IMomentumPairs, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector, predictor;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FeatureQueue? queue;
    private readonly SCEOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds student, teacher and queue.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the keys per step.</exception>
    public SCE(BackboneFactory backbones, SCEOptions options, RunInfo run)
        : base(nameof(SCE))
    {
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (backbones(), backbones());
        projector = Projector();
        momentumEncoder = new(
            (backbone, projector), (target, Projector()), new(options.Momentum, options.FinalMomentum), MomentumUpdate.AfterOptimizerStep);
        predictor = options.PredictorDim == 0 ? Identity() : ProjectionHead.Layers(
            options.ProjectionDim, new(options.PredictorDim, Bias: false, HeadNorm.Batch, Relu: true), new(options.ProjectionDim, Bias: false));
        queue = options.QueueSize == 0 ? null : new FeatureQueue(options.QueueSize, options.ProjectionDim, keysPerStep: Teachers * run.BatchSize, run.Seed);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => _options.Symmetric
        ? new(
        [
            Distorted(_view.Crop(0.2), _view.BlurByTenth(1)),
            Distorted(_view.Crop(0.2), _view.BlurByTenth(0.1), solarize: 0.2),
            .. _view.ShrinkingCrops(_options.LocalViews, skip: 1).Select(crop => Distorted(crop.Crop, _view.BlurByTenth(0.5, crop.Side), solarize: 0.2)),
        ])
        : _view.WeakThenStrong(1 + _options.LocalViews);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public string BatchCoupling => "With batchKeys every image of the batch is compared with every other; without, images do not meet.";

    private int Teachers => _options.Symmetric ? 2 : 1;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "the teacher's view or, when symmetric, two views of teacher and student, then the student's views");
        var first = 2 - Teachers;   // the student's first view
        Tensor[] keys = [.. batch.Views.Take(Teachers).Select(view => momentumEncoder.Keys(view, context))];   // [N, D] each, no gradient
        var students = CropGroups.Encode([.. batch.Views.Skip(first)], x => predictor.call(projector.call(backbone.call(x))));   // [N, D] each
        Tensor[] candidates = [.. keys.Select(k => _options.BatchKeys ? context.Processes.Gather(k) : k)];     // [N, D] each, of all processes with batchKeys
        var neighbours = candidates.Select(Neighbours).ToList();
        var losses = from teacher in Enumerable.Range(0, Teachers)
                     from student in Enumerable.Range(0, students.Count)
                     where student + first != teacher
                     select Loss(students[student], candidates[teacher], neighbours[teacher], context);   // [] each
        var similar = _options.BatchKeys
            ? SoftTargets.SampleOfOthers(candidates[0], queue?.Keys, _options.TargetTemperature)
            : SoftTargets.Sample(candidates[0], queue!.Keys, _options.TargetTemperature);

        return new(stack([.. losses]).mean())
        {
            Embedding = students[0],
            Positive = keys[^1],
            Targets = similar,   // without the share of the positive, which is the same for every image
            Diagnostics = [new("target_confidence", neighbours[0].Confidence(similar.shape[1]).mean())],
            Remember = queue is null ? [] : [.. keys.Select(k => new MemoryUpdate(queue, k))],
        };
    }

    /// <summary>How a teacher's keys resemble the queue, with <c>batchKeys</c> also the other keys of the batch.</summary>
    private Neighbourhood Neighbours(Tensor k) => _options.BatchKeys
        ? Neighbourhood.OfOthers(k, queue?.Keys, _options.TargetTemperature)
        : Neighbourhood.Of(k, queue!.Keys, _options.TargetTemperature);

    private Tensor Loss(Tensor q, Tensor k, Neighbourhood neighbours, StepContext context) => _options.BatchKeys
        ? SCELoss.InBatch(context.Processes.Gather(q), k, queue?.Keys, neighbours, _options.Temperature, _options.Coefficient)
        : SCELoss.Compute(q, k, queue!.Keys, neighbours, _options.Temperature, _options.Coefficient, _options.PositiveInTarget);

    private Module<Tensor, Tensor> Projector() => ProjectionHead.Layers(backbone.FeatureDim,
    [
        .. Enumerable.Repeat(new HeadLayer(_options.HiddenDim, Bias: false, HeadNorm.Batch, Relu: true), _options.ProjectorLayers - 1),
        new(_options.ProjectionDim, Bias: !_options.OutputNorm, _options.OutputNorm ? HeadNorm.BatchWithoutAffine : HeadNorm.None),
    ]);
}
