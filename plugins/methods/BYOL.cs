using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of BYOL, section <c>method</c> of a recipe.</summary>
public sealed record BYOLOptions
{
    /// <summary>Share of the momentum encoder kept at the first step, a fraction in [0, 1]. Paper, section 3.3: 0.996; authors' code for 300 epochs:
    /// 0.99.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.996;

    /// <summary>Share of the momentum encoder kept at the last step, reached along half a cosine, a fraction in [0, 1]. Paper, section 3.3: 1.</summary>
    [Range(0.0, 1.0)]
    public double FinalMomentum { get; init; } = 1;

    /// <summary>Width D of projections and predictions. Paper, section 3.3: 256.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;

    /// <summary>Width of the hidden layer of projector and predictor. Paper, section 3.3: 4096.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;

    /// <summary>Linear layers with a bias in projector and predictor: first (authors' code), last (lightly) or both (solo-learn).</summary>
    public HeadBias HeadBias { get; init; } = HeadBias.First;

    /// <summary>Whether the online network has a predictor. Paper, table 5: yes; without it training collapses.</summary>
    public bool Predictor { get; init; } = true;
}

/// <summary>An online network predicts what a slowly moving target network says about another view; there are no negatives.</summary>
/// <remarks>
/// <para>Grill et al., "Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning", NeurIPS 2020, https://arxiv.org/abs/2006.07733: the loss of
/// equation (2) for both directions, added; the target follows the online network after each optimizer step.</para>
/// <para>Differs from the authors' code: the target starts as a copy of the online network, and no classifier is trained along; evaluations train it
/// afterwards.</para>
/// </remarks>
[Plugin("byol", Options = typeof(BYOLOptions), Summary = "Predicts the projection of a moving-average network for another view, without negatives.",
    Family = "siamese", Paper = "Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning",
    Authors = "Grill, Strub, Altché, Tallec, Richemond, et al.", Venue = "NeurIPS", Year = 2020, ArXiv = "2006.07733")]
public sealed class BYOL : Module, IMethod, IMomentumPairs
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector, predictor;
    private readonly MomentumEncoder momentumEncoder;
    private readonly ViewBuilder _view;

    /// <summary>Builds both networks.</summary>
    public BYOL(BackboneFactory backbones, BYOLOptions options, RunInfo run)
        : base(nameof(BYOL))
    {
        _view = new(run.ImageSize);
        (backbone, var target) = (backbones(), backbones());
        projector = Head(backbone.FeatureDim);
        momentumEncoder = new(
            (backbone, projector), (target, Head(backbone.FeatureDim)), new(options.Momentum, options.FinalMomentum), MomentumUpdate.AfterOptimizerStep);
        predictor = options.Predictor ? Head(options.ProjectionDim) : Identity();
        RegisterComponents();

        Module<Tensor, Tensor> Head(int features) => SiameseHeads.BYOL(features, options.HiddenDim, options.ProjectionDim, options.HeadBias);
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
    public StepOutput Step(Batch batch, StepContext context)
    {
        var za = projector.call(backbone.call(batch.Views[0]));                                                       // [N, D]
        var zb = projector.call(backbone.call(batch.Views[1]));                                                       // [N, D]
        var (ta, tb) = (momentumEncoder.call(batch.Views[0]), momentumEncoder.call(batch.Views[1]));                  // [N, D] each, no gradient
        var loss = BYOLLoss.Compute(predictor.call(za), tb) + BYOLLoss.Compute(predictor.call(zb), ta);               // [], added, not averaged

        return new(loss) { Embedding = za, Positive = tb };
    }
}
