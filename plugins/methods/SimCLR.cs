using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SimCLR, section <c>method</c> of a recipe.</summary>
public sealed record SimCLROptions : SimCLRLossOptions
{
    /// <summary>Divisor of the cosines, positive. Paper, table 5: 0.1 on ImageNet; appendix B.9: 0.5 on CIFAR-10.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Width D of the projections. Paper, section 4.2: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Width of the head's hidden layers; 0 takes the backbone's feature width, as the paper.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <summary>Linear layers of the head. Paper (v1): 2; the authors' code for v2: 3.</summary>
    [Range(1, 8)]
    public int HeadLayers { get; init; } = 2;

    /// <summary>Of any loss: mean-over-anchors as in the paper, or sum-of-view-means (exactly twice that) as in the authors' code.</summary>
    public NTXentReduction Reduction { get; init; } = NTXentReduction.MeanOverAnchors;
}

/// <summary>Two views of each image attract each other, all other images of the batch are pushed away.</summary>
/// <remarks>
/// <para>Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020, algorithm 1, https://arxiv.org/abs/2002.05709:
/// l(i, j) = -log( exp(z_i·z_j / T) / sum over k ≠ i of exp(z_i·z_k / T) ), mean over all 2N anchors. The head is that of the authors' code, see <see cref="ProjectionHead.BatchNormMlp"/>.</para>
/// <para>The option <c>loss</c> puts another loss of two in-batch views in its place, see <see cref="SimCLRLoss"/>: decoupled (DCL, DCLW) or debiased contrastive learning.</para>
/// </remarks>
[Plugin("simclr", Options = typeof(SimCLROptions), Summary = "Contrasts two views of each image with all other images of the batch.", Family = "contrastive",
    Paper = "A Simple Framework for Contrastive Learning of Visual Representations", Authors = "Chen, Kornblith, Norouzi, Hinton", Venue = "ICML", Year = 2020, ArXiv = "2002.05709")]
public sealed class SimCLR : Module, IMethod, IBatchCoupled, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly SimCLROptions _options;
    private readonly RunInfo _run;

    /// <summary>Builds the projection head on a backbone.</summary>
    public SimCLR(IBackbone backbone, SimCLROptions options, RunInfo run)
        : base(nameof(SimCLR))
    {
        (this.backbone, _options, _run) = (backbone, options, run);
        projector = ProjectionHead.BatchNormMlp(backbone.FeatureDim, options.HiddenDim == 0 ? backbone.FeatureDim : options.HiddenDim, options.ProjectionDim, options.HeadLayers);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(2, _run.ImageSize <= ViewRecipes.SmallImageSide ? ViewRecipes.SimCLRSmall(_run.ImageSize) : ViewRecipes.SimCLR(_run.ImageSize));

    /// <inheritdoc/>
    public string BatchCoupling => "Every image of the batch is a negative of every other.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var za = context.Processes.Gather(projector.call(backbone.call(batch.Views[0])));   // [N, D], N over all processes
        var zb = context.Processes.Gather(projector.call(backbone.call(batch.Views[1])));   // [N, D]
        var loss = SimCLRLosses.Compute(_options.Loss, za, zb, _options.Temperature, _options.Sigma, _options.ClassPrior);   // []

        return new(_options.Reduction == NTXentReduction.SumOfViewMeans ? loss * 2 : loss) { Embedding = za, Positive = zb };
    }
}
