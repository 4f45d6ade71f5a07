using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>What ASCL is built on.</summary>
public enum ASCLBase
{
    /// <summary>MoCo v2: neighbours come from a queue, and all other keys are negatives.</summary>
    Moco,

    /// <summary>BYOL: neighbours come from the batch, and there are no negatives.</summary>
    BYOL,
}

/// <summary>Settings of ASCL, section <c>method</c> of a recipe.</summary>
public sealed record ASCLOptions : IValidatableObject, IRunRequirements
{
    /// <summary>moco or byol. Paper: both; its ImageNet results are with moco.</summary>
    public ASCLBase Base { get; init; } = ASCLBase.Moco;

    /// <summary>Student's divisor of the cosines with base moco, positive. Authors' code: 0.1.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Divisor of the cosines between teacher and neighbours, positive. Authors' code: 0.05.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double TargetTemperature { get; init; } = 0.05;

    /// <summary>Neighbours n that count as much as the positive when the teacher is sure of them. Authors' code: 1 on ImageNet; 5 in its CIFAR-100 example.</summary>
    [Range(1, 65536)]
    public int Neighbours { get; init; } = 1;

    /// <summary>How neighbours are weighed: adaptive as in the paper, or its variants nearest-by-confidence and nearest.</summary>
    public ASCLWeighting Weighting { get; init; } = ASCLWeighting.Adaptive;

    /// <summary>Share of the teacher kept at each step, a fraction in [0, 1). Authors' code: 0.999 on ImageNet, 0.99 on small images.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.999;

    /// <summary>Teacher's keys K in the queue with base moco, a multiple of the batch size. Authors' code: 65536 on ImageNet, 4096 on small images.</summary>
    [Range(2, 1 << 24)]
    public int QueueSize { get; init; } = 65536;

    /// <summary>Width D of the projections. Authors' code: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Width of the hidden layers of projector and predictor; 0 takes the backbone's feature width, as MoCo v2. Authors' code on small images: 2048.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Base == ASCLBase.Moco && Neighbours > QueueSize)
        {
            yield return new($"method.neighbours is {Neighbours}, but the queue holds {QueueSize} keys. Lower it, or raise method.queueSize.", [nameof(Neighbours)]);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => Base switch
    {
        ASCLBase.Moco => FeatureQueue.Faults(QueueSize, run.BatchSize),
        _ when run.BatchSize / run.Accumulation is var images && (images < 3 || Neighbours >= images) =>
        [
            $"method.neighbours is {Neighbours}, and {images} images are seen at a time (trainer.batchSize {run.BatchSize}, trainer.accumulation "
                + $"{run.Accumulation}); "
            + "with base byol neighbours come from these: expected 3 images or more, and more images than neighbours.",
        ],
        _ => [],
    };
}

/// <summary>Other images count as soft positives, the more the surer the teacher is of its neighbourhood.</summary>
/// <remarks>
/// <para>Feng and Patras, "Adaptive Soft Contrastive Learning", ICPR 2022, https://arxiv.org/abs/2207.11163, and the authors' code. The first view is the teacher's, weak; the second the
/// student's, strong. While neighbourhoods are still uniform it trains as MoCo or BYOL.</para>
/// <para>Differs from the code: with base byol projector and predictor are those of BYOL (Linear, batch norm, ReLU, Linear), whose widths the code leaves open.
/// As in the code, base byol goes one way, from the student's strong view to the teacher's weak one.</para>
/// </remarks>
[Plugin("ascl", Options = typeof(ASCLOptions), Summary = "MoCo or BYOL with soft positives, weighted by how sure the teacher is.", Family = "relational",
    Paper = "Adaptive Soft Contrastive Learning", Authors = "Feng, Patras", Venue = "ICPR", Year = 2022, ArXiv = "2207.11163")]
public sealed class ASCL : Module, IMethod, IMomentumPairs, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone, teacherBackbone;
    private readonly Module<Tensor, Tensor> projector, teacherProjector;
    private readonly Module<Tensor, Tensor>? predictor;
    private readonly FeatureQueue? queue;
    private readonly ASCLOptions _options;
    private readonly RunInfo _run;

    /// <summary>Builds student and teacher, and the queue or the predictor.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size, or the batch is too small for the neighbours.</exception>
    public ASCL(BackboneFactory backbones, ASCLOptions options, RunInfo run)
        : base(nameof(ASCL))
    {
        options.Require(run);
        (_options, _run) = (options, run);
        (backbone, teacherBackbone) = (backbones(), backbones());
        var hidden = options.HiddenDim == 0 ? backbone.FeatureDim : options.HiddenDim;
        if (options.Base == ASCLBase.Moco)
        {
            projector = ProjectionHead.Mlp(backbone.FeatureDim, hidden, options.ProjectionDim);
            teacherProjector = ProjectionHead.Mlp(backbone.FeatureDim, hidden, options.ProjectionDim);
            queue = new FeatureQueue(options.QueueSize, options.ProjectionDim, keysPerStep: run.BatchSize, run.Seed);
        }
        else
        {
            projector = BYOLHead(backbone.FeatureDim, hidden, options.ProjectionDim);
            teacherProjector = BYOLHead(backbone.FeatureDim, hidden, options.ProjectionDim);
            predictor = BYOLHead(options.ProjectionDim, hidden, options.ProjectionDim);
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewRecipes.WeakStrong(_run.ImageSize);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs =>
    [
        new((Module)backbone, (Module)teacherBackbone, MomentumSchedule.Constant(_options.Momentum), MomentumUpdate.BeforeForward),
        new(projector, teacherProjector, MomentumSchedule.Constant(_options.Momentum), MomentumUpdate.BeforeForward),
    ];

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public string BatchCoupling => "With base byol every image of the batch is a possible neighbour of every other; with base moco images do not meet.";

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "the teacher's weak view, the student's strong view");
        var k = BatchShuffle.Encode(batch.Views[0], context, x => Rows.Unit(teacherProjector.call(teacherBackbone.call(x))));   // [N, D], no gradient
        var q = projector.call(backbone.call(batch.Views[1]));                                                                  // [N, D]

        return queue is null ? AgainstBatch(predictor!.call(q), k, context.Processes) : AgainstQueue(q, k, queue);
    }

    private StepOutput AgainstQueue(Tensor q, Tensor k, FeatureQueue memory)
    {
        var neighbours = SoftTargets.Similarities(k, memory.Keys, _options.TargetTemperature);    // [N, K]
        var labels = ASCLLoss.Labels(neighbours, _options.Neighbours, _options.Weighting);        // [N, 1 + K]
        var logits = InfoNCELoss.Logits(q, k, memory.Keys, _options.Temperature);                 // [N, 1 + K]

        return new(SoftTargets.CrossEntropy(labels, logits))
        {
            Embedding = q,
            Positive = k,
            Targets = neighbours,   // without the positive, whose share is above all others in every row
            Diagnostics = [new("target_confidence", SoftTargets.Confidence(neighbours, _options.QueueSize).mean()), new("proxy_accuracy", ProxyTask.Accuracy(logits))],
            Remember = [new(memory, k)],
        };
    }

    private StepOutput AgainstBatch(Tensor own, Tensor ownKeys, IProcesses processes)
    {
        var (p, z) = (processes.Gather(own), processes.Gather(ownKeys));                          // [N, D], N over all processes
        var neighbours = ASCLLoss.BatchNeighbours(z, _options.TargetTemperature);                 // [N, N]
        var labels = ASCLLoss.BatchLabels(neighbours, _options.Neighbours, _options.Weighting);   // [N, N]

        return new(ASCLLoss.Distance(p, z, labels))
        {
            Embedding = p,
            Positive = z,
            Targets = neighbours,
            Diagnostics = [new("target_confidence", SoftTargets.Confidence(neighbours, p.shape[0] - 1).mean())],
        };
    }

    private static Module<Tensor, Tensor> BYOLHead(long features, long hidden, long dimension) =>
        ProjectionHead.Layers(features, new HeadLayer(hidden, Bias: true, HeadNorm.Batch, Relu: true), new HeadLayer(dimension, Bias: false));
}
