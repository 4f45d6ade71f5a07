using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of ReLIC v2, section <c>method</c> of a recipe. The authors published no training code: most defaults are from memory of the
/// paper.</summary>
public sealed record ReLICv2Options : ReLICSettings, IRunRequirements
{
    /// <summary>Views that go through both networks: the first of the plan. From memory of the paper: 4.</summary>
    [Range(1, 64)]
    public int LargeViews { get; init; } = 4;

    /// <summary>Small views, for the online network only. From memory of the paper: 2.</summary>
    [Range(0, 64)]
    public int SmallViews { get; init; } = 2;

    /// <summary>Negatives per image, drawn from the rest of the batch; all of it where it is smaller, and with 0. From memory of the paper: 10.</summary>
    [Range(0, 65536)]
    public int Negatives { get; init; } = 10;

    /// <summary>Weight alpha of the invariance, 0 or more. From memory of the paper: 0.3 to 0.5.</summary>
    [Range(0.0, 1000.0)]
    public double InvarianceWeight { get; init; } = 0.3;

    /// <summary>Whether the left side of the divergence is a constant. From memory of the paper: gradients stop on one side; the public implementation of ReLIC
    /// stops none.</summary>
    public bool StopGradient { get; init; } = true;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => run.ViewCount is not { } views || views >= LargeViews ? [] :
        [$"method.largeViews is {LargeViews}, but the section views gives {views} per image. Lower it, add views, or remove the section to take "
            + "the method's own."];
}

/// <summary>ReLIC over many views: large ones go through both networks, small ones through the online network, and every pair of them is compared.</summary>
/// <remarks>
/// <para>Tomasev et al., "Pushing the Limits of Self-supervised ResNets: Can We Outperform Supervised Learning without Labels on ImageNet?", 2022,
/// https://arxiv.org/abs/2201.05119: mean over all (online view, large target view), a large view with its own target included. Both distributions of a pair
/// use the same negatives.</para>
/// <para>Differs from the paper: no background is removed from large views (there, a saliency network masks it with probability p_m; here p_m = 0).
/// Negatives are drawn once per step for all pairs. Constants marked "from memory" could not be checked against the paper.</para>
/// </remarks>
[Plugin("relic-v2", Options = typeof(ReLICv2Options), Summary = "ReLIC over large and small views with a few drawn negatives; without saliency masks.",
    Family = "contrastive", Paper = "Pushing the Limits of Self-supervised ResNets: Can We Outperform Supervised Learning without Labels on ImageNet?",
    Authors = "Tomasev, Bica, McWilliams, Buesing, Pascanu, Blundell, Mitrovic", Venue = "arXiv", Year = 2022, ArXiv = "2201.05119")]
public sealed class ReLICv2 : Module, IMethod, IMomentumPairs, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> critic;
    private readonly MomentumEncoder momentumEncoder;
    private readonly ReLICv2Options _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds online and target network.</summary>
    public ReLICv2(BackboneFactory backbones, ReLICv2Options options, RunInfo run)
        : base(nameof(ReLICv2))
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
    public ViewPlan Views => MultiCrop(Enumerable.Range(0, _options.LargeViews).Select(Large), Small, _options.SmallViews);

    private int SmallSide => _view.ImageSize * 3 / 7;   // 96 of 224

    private ViewSpec Small => Distorted(_view.Crop(0.05, 0.14, bicubic: true, SmallSide), _view.BlurByTenth(0.5, SmallSide), solarize: 0.2);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public string BatchCoupling => "Negatives are other images of the batch.";

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        ViewRoles.Require(batch, _options.LargeViews, "method.largeViews large views, then the small ones");
        Tensor[] large = [.. batch.Views.Take(_options.LargeViews)];
        Tensor[] online = [.. CropGroups.Encode(batch.Views, x => critic.call(backbone.call(x))).Select(context.Processes.Gather)];   // [N, D] each
        Tensor[] targets = [.. CropGroups.Encode(large, momentumEncoder.call).Select(context.Processes.Gather)];   // [N, D] each, N over all processes
        var negatives = Negatives(online[0].shape[0], context.Generator)?.to(online[0].device);                    // [N, E], for every pair
        ReLICTerms[] pairs = [.. online.SelectMany(o => targets.Select(
            t => ReLICLoss.Pair(o, t, negatives, _options.Temperature, _options.Invariance, _options.StopGradient)))];
        var terms = ReLICTerms.Mean(pairs);

        return new(terms.Weighted(_options.InvarianceWeight))
        {
            Embedding = online[0],
            Positive = targets[^1],
            Diagnostics = terms.Diagnostics,
        };
    }

    // BYOL's two distortions in turn: which view has which is ours
    private ViewSpec Large(int view) => view % 2 == 0
        ? Distorted(_view.Crop(0.14, bicubic: true), _view.BlurByTenth(1))
        : Distorted(_view.Crop(0.14, bicubic: true), _view.BlurByTenth(0.1), solarize: 0.2);

    private Tensor? Negatives(long images, Generator generator) =>
        _options.Negatives == 0 || _options.Negatives >= images - 1 ? null : ReLICLoss.DrawNegatives(images, _options.Negatives, generator);
}
