using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of ASCL on BYOL, section <c>method</c> of a recipe.</summary>
public sealed record ASCLBYOLOptions : ASCLSettings, IRunRequirements
{
    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => run.BatchSize / run.Accumulation is var images && images >= 3 && Neighbours < images ? [] :
    [
        $"method.neighbours is {Neighbours}, and {images} images are seen at a time (trainer.batchSize {run.BatchSize}, "
            + $"trainer.accumulation {run.Accumulation}); neighbours come from these: expected 3 images or more, and more images than neighbours.",
    ];
}

/// <summary>
/// BYOL in which other images of the batch count as soft positives, the more the surer the teacher is of its neighbourhood; there are no negatives.
/// </summary>
/// <remarks>
/// <para>Feng and Patras, "Adaptive Soft Contrastive Learning", ICPR 2022, https://arxiv.org/abs/2207.11163, and the authors' code. The first view is the
/// teacher's, weak; the second the student's, strong. As in the code, it goes one way, from the strong view to the weak one.</para>
/// <para>Differs from the code: projector and predictor are those of BYOL (Linear, batch norm, ReLU, Linear), whose widths the code leaves open.</para>
/// </remarks>
[Plugin("ascl-byol", Options = typeof(ASCLBYOLOptions), Summary = "BYOL with soft positives in the batch, weighted by how sure the teacher is.",
    Family = "relational", Paper = "Adaptive Soft Contrastive Learning", Authors = "Feng, Patras", Venue = "ICPR", Year = 2022, ArXiv = "2207.11163")]
public sealed class ASCLBYOL : Module, IMethod, IMomentumPairs, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector, predictor;
    private readonly MomentumEncoder momentumEncoder;
    private readonly ASCLBYOLOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds student, teacher and predictor.</summary>
    /// <exception cref="ConfigurationException">The batch is too small for the neighbours.</exception>
    public ASCLBYOL(BackboneFactory backbones, ASCLBYOLOptions options, RunInfo run)
        : base(nameof(ASCLBYOL))
    {
        options.Require(run);
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (backbones(), backbones());
        projector = Head(backbone.FeatureDim);
        momentumEncoder = new(
            (backbone, projector), (target, Head(backbone.FeatureDim)), MomentumSchedule.Constant(options.Momentum), MomentumUpdate.BeforeForward);
        predictor = Head(options.ProjectionDim);
        RegisterComponents();

        Module<Tensor, Tensor> Head(long features) =>
            SiameseHeads.BYOL(features, options.HiddenDim == 0 ? backbone.FeatureDim : options.HiddenDim, options.ProjectionDim, HeadBias.First);
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
    public string BatchCoupling => "Every image of the batch is a possible neighbour of every other.";

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "the teacher's weak view, the student's strong view");
        var keys = momentumEncoder.Keys(batch.Views[0], context);                                 // [N, D], no gradient
        var predictions = predictor.call(projector.call(backbone.call(batch.Views[1])));          // [N, D]
        var (p, z) = (context.Processes.Gather(predictions), context.Processes.Gather(keys));     // [M, D] of all processes
        var neighbours = Neighbourhood.OfOthers(z, queue: null, _options.TargetTemperature);      // over the other images
        var positives = SoftPositives.OfOthers(z, neighbours, _options.TargetTemperature, _options.Neighbours, _options.Weighting);

        return new(ASCLLoss.Distance(p, z, positives))
        {
            Embedding = p,
            Positive = z,
            Targets = SoftTargets.SampleOfOthers(z, queue: null, _options.TargetTemperature),
            Diagnostics = [new("target_confidence", neighbours.Confidence(p.shape[0] - 1).mean())],
        };
    }
}
