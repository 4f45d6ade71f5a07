using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of ASCL, section <c>method</c> of a recipe.</summary>
public sealed record ASCLOptions : ASCLSettings, IValidatableObject, IRunRequirements
{
    /// <summary>Student's divisor of the cosines, positive. Authors' code: 0.1.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Teacher's keys K in the queue, a multiple of the batch size. Authors' code: 65536 on ImageNet, 4096 on small images.</summary>
    [Range(2, 1 << 24)]
    public int QueueSize { get; init; } = 65536;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Neighbours > QueueSize)
        {
            yield return new(
                $"method.neighbours is {Neighbours}, but the queue holds {QueueSize} keys. Lower it, or raise method.queueSize.", [nameof(Neighbours)]);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => FeatureQueue.Faults(QueueSize, run.BatchSize);
}

/// <summary>MoCo in which other images count as soft positives, the more the surer the teacher is of its neighbourhood.</summary>
/// <remarks>
/// Feng and Patras, "Adaptive Soft Contrastive Learning", ICPR 2022, https://arxiv.org/abs/2207.11163, and the authors' code. The first view is the teacher's,
/// weak; the second the student's, strong. Neighbours come from a queue, and all other keys are negatives. While neighbourhoods are still uniform it trains as
/// MoCo.
/// </remarks>
[Plugin("ascl", Options = typeof(ASCLOptions), Summary = "MoCo with soft positives, weighted by how sure the teacher is.", Family = "relational",
    Paper = "Adaptive Soft Contrastive Learning", Authors = "Feng, Patras", Venue = "ICPR", Year = 2022, ArXiv = "2207.11163")]
[Moved("base", "moco", "ascl"), Moved("base", "byol", "ascl-byol")]
public sealed class ASCL : Module, IMethod, IMomentumPairs, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FeatureQueue queue;
    private readonly ASCLOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds student, teacher and queue.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size.</exception>
    public ASCL(BackboneFactory backbones, ASCLOptions options, RunInfo run)
        : base(nameof(ASCL))
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
    public ViewPlan Views => _view.WeakThenStrong();

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "the teacher's weak view, the student's strong view");
        var k = momentumEncoder.Keys(batch.Views[0], context);                                    // [N, D], no gradient
        var q = projector.call(backbone.call(batch.Views[1]));                                    // [N, D]
        var neighbours = Neighbourhood.Of(k, queue.Keys, _options.TargetTemperature);             // over the queue
        var positives = SoftPositives.OfQueue(k, queue.Keys, neighbours, _options.TargetTemperature, _options.Neighbours, _options.Weighting);

        return new(ASCLLoss.Compute(q, k, queue.Keys, positives, _options.Temperature))
        {
            Embedding = q,
            Positive = k,
            Targets = SoftTargets.Sample(k, queue.Keys, _options.TargetTemperature),   // without the positive, whose share is above all others in every row
            Diagnostics =
            [
                new("target_confidence", neighbours.Confidence(_options.QueueSize).mean()),
                new("proxy_accuracy", ProxyTask.Accuracy(q, k, queue.Keys, _options.Temperature)),
            ],
            Remember = [new(queue, k)],
        };
    }
}
