using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of InterCLR on BYOL, section <c>method</c> of a recipe.</summary>
public sealed record InterCLRBYOLOptions : InterImageOptions
{
    /// <summary>
    /// Share of the momentum encoder kept at the first step, a fraction in [0, 1); it rises to 1 along half a cosine. Authors' code, for MoCo: 0.999; BYOL for
    /// 300 epochs: 0.99.
    /// </summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.999;
}

/// <summary>BYOL with a second branch between images: pseudo-labels in a bank give positives, and half-hard images of other labels negatives.</summary>
/// <remarks>
/// Xie et al., "Delving into Inter-Image Invariance for Unsupervised Visual Representations", IJCV 2022, https://arxiv.org/abs/2008.11702; the code for BYOL is
/// not published. Heads, views and the intra-image loss are BYOL's; the query is the prediction for the first view, the key the target's projection of the
/// second, and the inter-image branch that of <see cref="InterImageBranch"/>. Targets are encoded in random order (see <see cref="BatchShuffle"/>).
/// </remarks>
[Plugin("inter-clr-byol", Options = typeof(InterCLRBYOLOptions),
    Summary = "BYOL plus positives between images, from pseudo-labels in a memory bank.", Family = "clustering",
    Paper = "Delving into Inter-Image Invariance for Unsupervised Visual Representations", Authors = "Xie, Zhan, Liu, Ong, Loy", Venue = "IJCV",
    Year = 2022, ArXiv = "2008.11702")]
public sealed class InterCLRBYOL : Module, IMethod, IMomentumPairs, IEpochPhase, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector, predictor;
    private readonly MomentumEncoder momentumEncoder;
    private readonly InterImageBranch interImages;
    private readonly ViewBuilder _view;

    /// <summary>Builds both networks and the bank.</summary>
    public InterCLRBYOL(BackboneFactory backbones, InterCLRBYOLOptions options, RunInfo run)
        : base(nameof(InterCLRBYOL))
    {
        _view = new(run.ImageSize);
        (backbone, var target) = (backbones(), backbones());
        projector = Head(backbone.FeatureDim);
        momentumEncoder = new((backbone, projector), (target, Head(backbone.FeatureDim)), new(options.Momentum, 1), MomentumUpdate.AfterOptimizerStep);
        predictor = Head(options.ProjectionDim);
        interImages = new(options, run);
        RegisterComponents();

        Module<Tensor, Tensor> Head(long features) =>
            SiameseHeads.BYOL(features, options.HiddenDim == 0 ? backbone.FeatureDim : options.HiddenDim, options.ProjectionDim, HeadBias.First);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new(
    [
        Distorted(_view.Crop(0.08, bicubic: true), _view.BlurByTenth(1)),
        Distorted(_view.Crop(0.08, bicubic: true), _view.BlurByTenth(0.1), solarize: 0.2),
    ]);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public string BatchCoupling => "Each micro-batch draws its own companions and negatives from the bank.";

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context) => interImages.BeforeEpoch(context, momentumEncoder.call);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (xa, xb) = (batch.Views[0], batch.Views[1]);
        var (za, zb) = (projector.call(backbone.call(xa)), projector.call(backbone.call(xb)));                  // [N, D] each
        var (pa, pb) = (predictor.call(za), predictor.call(zb));                                                // [N, D] each
        var (tb, ta) = (momentumEncoder.Keys(xb, context), momentumEncoder.Keys(xa, context));                  // [N, D] each, no gradient
        var intra = BYOLLoss.Compute(pa, tb) + BYOLLoss.Compute(pb, ta);                                        // [], both directions added

        return interImages.Join(new(intra) { Embedding = za, Positive = tb }, pa, batch.Indices, context);
    }
}
