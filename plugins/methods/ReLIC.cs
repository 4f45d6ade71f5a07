using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Which two distributions ReLIC compares.</summary>
public enum ReLICPairing
{
    /// <summary>That of the first view's online embeddings over the second view's targets, and the other way round: the paper's objective for two
    /// views.</summary>
    BetweenViews,

    /// <summary>For each of these two, the distribution of an online embedding over the targets and of its target over the online embeddings: a public
    /// implementation, and ReLIC v2.</summary>
    RowsAndColumns,
}

/// <summary>Settings of ReLIC, section <c>method</c> of a recipe. The authors published no training code.</summary>
public sealed record ReLICOptions : ReLICSettings
{
    /// <summary>Weight alpha of the invariance, 0 or more. The public implementation by filipbasara0: 1.</summary>
    [Range(0.0, 1000.0)]
    public double InvarianceWeight { get; init; } = 1;

    /// <summary>Whether the left side of the divergence is a constant. Ours: no, as the public implementation.</summary>
    public bool StopGradient { get; init; }

    /// <summary>Which distributions are compared: between-views (default, the paper's objective) or rows-and-columns.</summary>
    public ReLICPairing Pairing { get; init; } = ReLICPairing.BetweenViews;
}

/// <summary>Tells images apart, and keeps the answer independent of the augmentation with an explicit divergence.</summary>
/// <remarks>
/// Mitrovic et al., "Representation Learning via Invariant Causal Mechanisms", ICLR 2021, https://arxiv.org/abs/2010.07922. Critic and target network as in the
/// paper; constants marked "from memory" could not be checked against it. The contrast set is the whole batch.
/// </remarks>
[Plugin("relic", Options = typeof(ReLICOptions), Summary = "Contrasts two views and penalises how far their distributions over images differ.",
    Family = "contrastive", Paper = "Representation Learning via Invariant Causal Mechanisms", Authors = "Mitrovic, McWilliams, Walker, Buesing, Blundell",
    Venue = "ICLR", Year = 2021, ArXiv = "2010.07922")]
public sealed class ReLIC : Module, IMethod, IMomentumPairs, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> critic;
    private readonly MomentumEncoder momentumEncoder;
    private readonly ReLICOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds online and target network.</summary>
    public ReLIC(BackboneFactory backbones, ReLICOptions options, RunInfo run)
        : base(nameof(ReLIC))
    {
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (backbones(), backbones());
        critic = Critic();
        momentumEncoder = new(
            (backbone, critic), (target, Critic()), new(options.Momentum, options.FinalMomentum), MomentumUpdate.AfterOptimizerStep);
        RegisterComponents();

        Module<Tensor, Tensor> Critic() => ReLICCritic.Create(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim, options.HeadLayers);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new(   // BYOL's
    [
        Distorted(_view.Crop(0.08, bicubic: true), _view.BlurByTenth(1)),
        Distorted(_view.Crop(0.08, bicubic: true), _view.BlurByTenth(0.1), solarize: 0.2),
    ]);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public string BatchCoupling => "Every image of the batch is a negative of every other.";

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, 2, "two augmented views");
        var o1 = context.Processes.Gather(critic.call(backbone.call(batch.Views[0])));   // [N, D], N over all processes
        var o2 = context.Processes.Gather(critic.call(backbone.call(batch.Views[1])));   // [N, D]
        var t1 = context.Processes.Gather(momentumEncoder.call(batch.Views[0]));         // [N, D], no gradient
        var t2 = context.Processes.Gather(momentumEncoder.call(batch.Views[1]));         // [N, D], no gradient
        var terms = _options.Pairing == ReLICPairing.BetweenViews
            ? ReLICLoss.TwoViews(o1, o2, t1, t2, _options.Temperature, _options.Invariance, _options.StopGradient)
            : Pair(o1, t2).Plus(Pair(o2, t1));

        return new(terms.Weighted(_options.InvarianceWeight))
        {
            Embedding = o1,
            Positive = t2,
            Diagnostics = terms.Diagnostics,
        };
    }

    private ReLICTerms Pair(Tensor online, Tensor target) =>
        ReLICLoss.Pair(online, target, negatives: null, _options.Temperature, _options.Invariance, _options.StopGradient);
}
