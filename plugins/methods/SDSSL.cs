using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Every layer of the student, not only the last, predicts what the last layer of the teacher makes of the other view.</summary>
/// <remarks>
/// <para>Jang et al., "Self-Distilled Self-Supervised Representation Learning", WACV 2023, https://arxiv.org/abs/2111.12958:
/// loss = last + weight(t) · intermediate + L · detached. The detached term, weighted with the number of layers (12 in the authors' code, for their 12 blocks),
/// trains the predictors on all layers without touching what they predict from. The teacher has the last layer's projector only.</para>
/// <para>With simclr there are neither teacher nor predictors, so no detached term: intermediate layers find the detached last projection of the other view.</para>
/// <para>Differs from the paper, which knows transformers only: layers of a residual network are its stages, which is ours; the views are normalised apart in the heads.</para>
/// </remarks>
[Plugin("sdssl", Options = typeof(SDSSLOptions), Summary = "Lets intermediate layers predict the last, on top of SimCLR, BYOL or MoCo v3.", Family = "distillation",
    Paper = "Self-Distilled Self-Supervised Representation Learning", Authors = "Jang et al.", Venue = "WACV", Year = 2023, ArXiv = "2111.12958")]
public sealed class SDSSL : Module, IMethod, IMomentumPairs, IBatchCoupled, IGathered
{
    private readonly ILayeredBackbone backbone;
    private readonly IBackbone? teacher;
    private readonly ModuleList<Module<Tensor, Tensor>> projectors, predictors;
    private readonly Module<Tensor, Tensor>? teacherProjector;
    private readonly SDSSLOptions _options;
    private readonly RunInfo _run;

    /// <summary>Builds student, heads for every layer, and the teacher.</summary>
    /// <exception cref="ConfigurationException">The backbone shows no layers.</exception>
    public SDSSL(BackboneFactory backbones, SDSSLOptions options, RunInfo run)
        : base(nameof(SDSSL))
    {
        (_options, _run) = (options, run);
        backbone = backbones() as ILayeredBackbone
            ?? throw new ConfigurationException("method.name is sdssl, which learns from intermediate layers, but the backbone shows none. Take a backbone that implements ILayeredBackbone, such as vit or resnet18.");
        var (last, withPredictors, lastNorm) = (backbone.LayerDims.Count - 1, options.Base != SDSSLBase.Simclr, options.Base != SDSSLBase.BYOL);
        projectors = new([.. backbone.LayerDims.Select((width, layer) => Projector(width, layer == last ? options.HiddenDim : options.HiddenDim / 2))]);
        predictors = new([.. backbone.LayerDims.Where(_ => withPredictors).Select(
            _ => MoCoV3Head.Create(options.ProjectionDim, options.HiddenDim, options.ProjectionDim, layers: 2, lastNorm))]);
        teacher = withPredictors ? backbones() : null;
        teacherProjector = withPredictors ? Projector(backbone.FeatureDim, options.HiddenDim) : null;
        RegisterComponents();

        Module<Tensor, Tensor> Projector(int width, int hidden) => MoCoV3Head.Create(width, hidden, options.ProjectionDim, layers: 3, lastNorm);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => _run.ImageSize <= ViewRecipes.SmallImageSide
        ? ViewRecipes.MoCoV3Small(_run.ImageSize)
        : ViewRecipes.MoCoV3(_run.ImageSize, scaleMin: 0.08);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => teacher is null ? [] :
    [
        new((Module)backbone, (Module)teacher, new(_options.Momentum, 1), MomentumUpdate.AfterOptimizerStep),
        new(projectors[^1], teacherProjector!, new(_options.Momentum, 1), MomentumUpdate.AfterOptimizerStep),
    ];

    /// <inheritdoc/>
    public string BatchCoupling => "With simclr and moco-v3 every image of the batch is a negative of every other; with byol only batch normalisation couples images.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => _options.Base == SDSSLBase.BYOL ? ProcessExchange.Nothing : ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (xa, xb) = (batch.Views[0], batch.Views[1]);
        var (za, zb) = (Projections(xa), Projections(xb));   // L of [N, D]
        var weight = _options.IntermediateWeight * (1 - Math.Cos(Math.PI * context.Step / context.TotalSteps)) / 2;
        var loss = teacher is null
            ? AmongThemselves(za, zb, weight, context.Processes)
            : AfterTheTeacher(za, xb, weight, context.Processes) + AfterTheTeacher(zb, xa, weight, context.Processes);   // []

        return new(loss) { Embedding = za[^1], Positive = zb[^1] };
    }

    private List<Tensor> Projections(Tensor images) => [.. backbone.Layers(images).Zip(projectors, (h, projector) => projector.call(h))];

    private Tensor AfterTheTeacher(List<Tensor> z, Tensor otherView, double weight, IProcesses processes)
    {
        var keys = Keys(otherView, processes);                                                      // [M, D], no gradient
        var p = Predictions(z);                                                                     // L of [N, D]
        var detached = Predictions(z.Select(rows => rows.detach()));                                // L of [N, D]

        return Loss(p[^1]) + (weight * Loss(Intermediate(p))) + (p.Count * Loss(cat(detached, 0)));   // []

        Tensor Loss(Tensor rows) => _options.Base == SDSSLBase.BYOL
            ? SelfDistillationLoss.Regression(rows, keys)
            : MoCoV3Loss.Compute(rows, keys, Own(keys, processes), _options.Temperature);
    }

    private Tensor AmongThemselves(List<Tensor> za, List<Tensor> zb, double weight, IProcesses processes)
    {
        var (lastA, lastB) = (processes.Gather(za[^1]), processes.Gather(zb[^1]));                  // [M, D]
        var own = Own(lastA, processes);                                                            // [N]
        var intermediate = SelfDistillationLoss.Contrast(Intermediate(za), lastA, lastB, own, _options.Temperature)
            + SelfDistillationLoss.Contrast(Intermediate(zb), lastB, lastA, own, _options.Temperature);   // []

        return NTXentLoss.Compute(lastA, lastB, _options.Temperature) + (weight * intermediate / 2);   // [], both means over 2N anchors
    }

    private List<Tensor> Predictions(IEnumerable<Tensor> z) => [.. z.Zip(predictors, (rows, predictor) => predictor.call(rows))];

    private Tensor Keys(Tensor images, IProcesses processes)
    {
        using var noGradients = no_grad();
        var keys = teacherProjector!.call(teacher!.call(images));

        return _options.Base == SDSSLBase.BYOL ? keys : processes.Gather(keys);
    }

    /// <summary>Where this process's images are among the gathered ones: [N].</summary>
    private static Tensor Own(Tensor gathered, IProcesses processes) => processes.Own(arange(gathered.shape[0], dtype: int64, device: gathered.device));

    /// <summary>All layers but the last in one matrix, layer after layer: [(L - 1) N, D].</summary>
    private static Tensor Intermediate(List<Tensor> layers) => cat(layers.SkipLast(1).ToList(), 0);
}
