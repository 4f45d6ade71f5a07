using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Which of the paper's two pairs of heads MoCo v3 takes.</summary>
public enum MoCoV3Heads
{
    /// <summary>By the backbone: transformer for one that works on patches, else convolutional.</summary>
    Auto,

    /// <summary>Projector of three layers, normalisation behind projector and predictor.</summary>
    Transformer,

    /// <summary>Projector of two layers, no normalisation behind the predictor.</summary>
    Convolutional,
}

/// <summary>Settings of MoCo v3, section <c>method</c> of a recipe.</summary>
public sealed record MoCoV3Options
{
    /// <summary>Divisor of the cosines, positive. Authors' code: 0.2 for transformers, 1 for ResNet-50.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Share of the momentum encoder kept at the first step, a fraction in [0, 1]; it rises to 1 along half a cosine. Authors' code: 0.99.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.99;

    /// <summary>Width D of projections and predictions. Paper, section 4.1: 256.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;

    /// <summary>Width of the hidden layers of projector and predictor. Paper, section 4.1: 4096.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;

    /// <summary>Layers of the heads: auto (by the backbone), transformer or convolutional, as in the authors' code.</summary>
    public MoCoV3Heads Heads { get; init; } = MoCoV3Heads.Auto;
}

/// <summary>MoCo without a queue: predictions of one view against the momentum encoder's keys of the other, over a large batch.</summary>
/// <remarks>
/// Chen et al., "An Empirical Study of Training Self-Supervised Vision Transformers", ICCV 2021, algorithm 1, https://arxiv.org/abs/2104.02057:
/// loss = ctr(q1, k2) + ctr(q2, k1), ctr = 2 T · CE(q kᵀ / T). Only the predictions carry gradients; the momentum encoder moves before it makes the keys.
/// The paper's frozen patch projection and fixed positions are options of the backbone <c>vit</c>.
/// </remarks>
[Plugin("moco-v3", Options = typeof(MoCoV3Options), Summary = "Contrasts predictions with momentum keys of the batch; made for vision transformers.",
    Family = "contrastive",
    Paper = "An Empirical Study of Training Self-Supervised Vision Transformers", Authors = "Chen, Xie, He", Venue = "ICCV", Year = 2021, ArXiv = "2104.02057")]
public sealed class MoCoV3 : Module, IMethod, IMomentumPairs, IBatchCoupled, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector, predictor;
    private readonly MomentumEncoder momentumEncoder;
    private readonly MoCoV3Options _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds both encoders and the predictor.</summary>
    public MoCoV3(BackboneFactory backbones, MoCoV3Options options, RunInfo run)
        : base(nameof(MoCoV3))
    {
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (backbones(), backbones());
        var transformer = options.Heads == MoCoV3Heads.Auto ? backbone.PatchSize > 0 : options.Heads == MoCoV3Heads.Transformer;
        projector = Projector();
        momentumEncoder = new((backbone, projector), (target, Projector()), new(options.Momentum, 1), MomentumUpdate.BeforeForward);
        predictor = MoCoV3Head.Create(options.ProjectionDim, options.HiddenDim, options.ProjectionDim, layers: 2, lastNorm: transformer);
        RegisterComponents();

        Module<Tensor, Tensor> Projector() =>
            MoCoV3Head.Create(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim, layers: transformer ? 3 : 2, lastNorm: true);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([Distorted(Crop, _view.Blur(1)), Distorted(Crop, _view.Blur(0.1), solarize: 0.2)]);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public string BatchCoupling => "The keys of all images of the batch are negatives of every query.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    // transformers down to 8 % of the area, residual networks to 20 %; small images as solo-learn's CIFAR recipe (da Costa et al., JMLR 2022)
    private AugmentationSpec Crop => _view.IsSmall ? _view.Crop(0.08, bicubic: true) : _view.Crop(backbone.PatchSize > 0 ? 0.08 : 0.2);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (xa, xb) = (batch.Views[0], batch.Views[1]);
        var za = projector.call(backbone.call(xa));                                                 // [N, D]
        var zb = projector.call(backbone.call(xb));                                                 // [N, D]
        var (ka, kb) = (Keys(xa, context.Processes), Keys(xb, context.Processes));                  // [M, D] of all processes, no gradient
        var own = context.Processes.Own(arange(ka.shape[0], dtype: int64, device: ka.device));      // [N]
        var loss = MoCoV3Loss.Compute(predictor.call(za), kb, own, _options.Temperature)
            + MoCoV3Loss.Compute(predictor.call(zb), ka, own, _options.Temperature);                // []

        return new(loss) { Embedding = za, Positive = zb };
    }

    private Tensor Keys(Tensor images, IProcesses processes) => processes.Gather(momentumEncoder.call(images));
}
