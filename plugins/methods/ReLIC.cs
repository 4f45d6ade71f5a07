using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Which two distributions ReLIC compares.</summary>
public enum ReLICPairing
{
    /// <summary>That of the first view's online embeddings over the second view's targets, and the other way round: the paper's objective for two views.</summary>
    BetweenViews,

    /// <summary>For each of these two, the distribution of an online embedding over the targets and of its target over the online embeddings: a public implementation, and ReLIC v2.</summary>
    RowsAndColumns,
}

/// <summary>Settings of ReLIC, section <c>method</c> of a recipe. The authors published no training code.</summary>
public sealed record ReLICOptions
{
    /// <summary>Divisor of the cosines, positive. From memory of the second paper: 0.3.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.3;

    /// <summary>Weight alpha of the invariance, 0 or more. The public implementation by filipbasara0: 1.</summary>
    [Range(0.0, 1000.0)]
    public double InvarianceWeight { get; init; } = 1;

    /// <summary>Which way the divergence goes: first-to-second (default, the order of the paper's objective), second-to-first, or symmetric.</summary>
    public ReLICInvariance Invariance { get; init; } = ReLICInvariance.FirstToSecond;

    /// <summary>Whether the left side of the divergence is a constant. Ours: no, as the public implementation.</summary>
    public bool StopGradient { get; init; }

    /// <summary>Which distributions are compared: between-views (default, the paper's objective) or rows-and-columns.</summary>
    public ReLICPairing Pairing { get; init; } = ReLICPairing.BetweenViews;

    /// <summary>Share of the target kept at the first step, a fraction in [0, 1). From memory of the paper: 0.996.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.996;

    /// <summary>The same at the end, reached along a cosine, a fraction in [0, 1]. BYOL: 1.</summary>
    [Range(0.0, 1.0)]
    public double FinalMomentum { get; init; } = 1;

    /// <summary>Linear layers of the critic. From memory of the paper: 4.</summary>
    [Range(1, 8)]
    public int HeadLayers { get; init; } = 4;

    /// <summary>Width of the critic's first layer; each further hidden layer is half as wide. From memory of the paper: 4096, 2048, 1024, then the output.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;

    /// <summary>Width D of the embeddings. From memory of the paper: 512.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 512;
}

/// <summary>Tells images apart, and keeps the answer independent of the augmentation with an explicit divergence.</summary>
/// <remarks>
/// Mitrovic et al., "Representation Learning via Invariant Causal Mechanisms", ICLR 2021, https://arxiv.org/abs/2010.07922. Critic and target network as in the paper;
/// constants marked "from memory" could not be checked against it. The contrast set is the whole batch.
/// </remarks>
[Plugin("relic", Options = typeof(ReLICOptions), Summary = "Contrasts two views and penalises how far their distributions over images differ.", Family = "contrastive",
    Paper = "Representation Learning via Invariant Causal Mechanisms", Authors = "Mitrovic, McWilliams, Walker, Buesing, Blundell", Venue = "ICLR", Year = 2021, ArXiv = "2010.07922")]
public sealed class ReLIC : Module, IMethod, IMomentumPairs, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone, targetBackbone;
    private readonly Module<Tensor, Tensor> critic, targetCritic;
    private readonly ReLICOptions _options;
    private readonly RunInfo _run;

    /// <summary>Builds online and target network.</summary>
    public ReLIC(BackboneFactory backbones, ReLICOptions options, RunInfo run)
        : base(nameof(ReLIC))
    {
        (_options, _run) = (options, run);
        (backbone, targetBackbone) = (backbones(), backbones());
        critic = ReLICCritic.Create(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim, options.HeadLayers);
        targetCritic = ReLICCritic.Create(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim, options.HeadLayers);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views
    {
        get
        {
            var (first, second) = _run.ImageSize <= ViewRecipes.SmallImageSide ? ViewRecipes.BYOLSmall(_run.ImageSize) : ViewRecipes.BYOL(_run.ImageSize);

            return new([first, second]);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs =>
    [
        new((Module)backbone, (Module)targetBackbone, new(_options.Momentum, _options.FinalMomentum), MomentumUpdate.AfterOptimizerStep),
        new(critic, targetCritic, new(_options.Momentum, _options.FinalMomentum), MomentumUpdate.AfterOptimizerStep),
    ];

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
        var t1 = context.Processes.Gather(Target(batch.Views[0]));                       // [N, D], no gradient
        var t2 = context.Processes.Gather(Target(batch.Views[1]));                       // [N, D], no gradient
        var terms = _options.Pairing == ReLICPairing.BetweenViews
            ? ReLICLoss.TwoViews(o1, o2, t1, t2, _options.Temperature, _options.Invariance, _options.StopGradient)
            : Pair(o1, t2).Plus(Pair(o2, t1));

        return new(terms.Weighted(_options.InvarianceWeight))
        {
            Embedding = o1,
            Positive = t2,
            Diagnostics = [new("contrastive", terms.Contrastive), new("invariance", terms.Invariance)],
        };
    }

    private ReLICTerms Pair(Tensor online, Tensor target) =>
        ReLICLoss.Pair(online, target, negatives: null, _options.Temperature, _options.Invariance, _options.StopGradient);

    private Tensor Target(Tensor images)
    {
        using var noGradients = no_grad();

        return targetCritic.call(targetBackbone.call(images));
    }
}
