using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SDSSL on SimCLR, section <c>method</c> of a recipe.</summary>
public sealed record SDSSLSimCLROptions : SelfDistillationOptions
{
    /// <summary>Divisor of the cosines, positive. Authors' code: 0.2.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.2;
}

/// <summary>SimCLR in which every layer, not only the last, finds the last projection of the other view among those of the batch.</summary>
/// <remarks>
/// <para>Jang et al., "Self-Distilled Self-Supervised Representation Learning", WACV 2023, https://arxiv.org/abs/2111.12958: loss = last + weight(t) ·
/// intermediate, see <see cref="SelfDistillationLoss.Contrast"/>. There are neither teacher nor predictors, so no detached term: intermediate layers find the
/// detached last projection of the other view.</para>
/// <para>Differs from the paper, which knows transformers only: layers of a residual network are its stages, which is ours; the views are normalised apart in
/// the heads.</para>
/// </remarks>
[Plugin("sdssl-simclr", Options = typeof(SDSSLSimCLROptions), Summary = "SimCLR in which intermediate layers find the last layer too.", Family = "distillation",
    Paper = "Self-Distilled Self-Supervised Representation Learning", Authors = "Jang et al.", Venue = "WACV", Year = 2023, ArXiv = "2111.12958")]
public sealed class SDSSLSimCLR : Module, IMethod, IBatchCoupled, IGathered
{
    private readonly ILayeredBackbone backbone;
    private readonly ModuleList<Module<Tensor, Tensor>> projectors;
    private readonly SDSSLSimCLROptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds projectors for every layer of a backbone.</summary>
    /// <exception cref="ConfigurationException">The backbone shows no layers.</exception>
    public SDSSLSimCLR(IBackbone backbone, SDSSLSimCLROptions options, RunInfo run)
        : base(nameof(SDSSLSimCLR))
    {
        (_options, _view) = (options, new(run.ImageSize));
        this.backbone = LayerHeads.Layered(backbone);
        projectors = LayerHeads.Projectors(this.backbone, options, lastNorm: true);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([Distorted(Crop, _view.Blur(1)), Distorted(Crop, _view.Blur(0.1), solarize: 0.2)]);

    // of MoCo v3 for transformers; small images as solo-learn's CIFAR recipe (da Costa et al., JMLR 2022)
    private AugmentationSpec Crop => _view.Crop(0.08, bicubic: _view.IsSmall);

    /// <inheritdoc/>
    public string BatchCoupling => "Every image of the batch is a negative of every other.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (za, zb) = (Projections(batch.Views[0]), Projections(batch.Views[1]));                          // L of [N, D] each
        var (lastA, lastB) = (context.Processes.Gather(za[^1]), context.Processes.Gather(zb[^1]));          // [M, D] of all processes
        var own = context.Processes.Own(arange(lastA.shape[0], dtype: int64));                              // [N]
        var intermediate = Intermediate(za, lastA, lastB) + Intermediate(zb, lastB, lastA);                 // []
        var weight = SelfDistillationLoss.Weight(_options.IntermediateWeight, context);
        var loss = NTXentLoss.Compute(lastA, lastB, _options.Temperature) + (weight * intermediate / 2);    // [], both means over 2N anchors

        return new(loss) { Embedding = za[^1], Positive = zb[^1] };

        Tensor Intermediate(IReadOnlyList<Tensor> z, Tensor same, Tensor other) =>
            SelfDistillationLoss.Contrast(SelfDistillationLoss.Intermediate(z), same, other, own, _options.Temperature);
    }

    private IReadOnlyList<Tensor> Projections(Tensor images) => LayerHeads.Apply(projectors, backbone.Layers(images));
}
