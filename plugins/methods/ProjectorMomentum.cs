using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>The method whose targets come from the momentum branch.</summary>
public enum MomentumBase
{
    /// <summary>SimCLR: positives and negatives are keys of the momentum branch.</summary>
    Simclr,

    /// <summary>BYOL: predictions of the online branch meet projections of the momentum branch.</summary>
    BYOL,
}

/// <summary>Which part of the momentum branch is a moving average; what comes before it is the online network.</summary>
public enum MomentumScope
{
    /// <summary>Nothing: plain SimCLR, or BYOL whose target is its own projection without gradient.</summary>
    None,

    /// <summary>The projector: the paper's proposal. The backbone runs once per view.</summary>
    Projector,

    /// <summary>The backbone's last stage and the projector: one of the paper's analyses.</summary>
    LastStageAndProjector,

    /// <summary>Backbone and projector: the usual momentum encoder.</summary>
    Full,
}

/// <summary>Settings of projector-only momentum, section <c>method</c> of a recipe.</summary>
public sealed record ProjectorMomentumOptions
{
    /// <summary>simclr or byol. Paper: both are studied; the default is ours.</summary>
    public MomentumBase Base { get; init; } = MomentumBase.BYOL;

    /// <summary>What is averaged: none, projector, last-stage-and-projector or full. Paper: projector.</summary>
    public MomentumScope EmaScope { get; init; } = MomentumScope.Projector;

    /// <summary>Share of the averaged part kept at the first step, a fraction in [0, 1]. Ours: BYOL's 0.99 for runs of a few hundred epochs.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.99;

    /// <summary>Share kept at the last step, reached along half a cosine, a fraction in [0, 1]. BYOL, section 3.3: 1.</summary>
    [Range(0.0, 1.0)]
    public double FinalMomentum { get; init; } = 1;

    /// <summary>Divisor of the cosines with base simclr, positive. SimCLR, table 5: 0.1 on ImageNet; appendix B.9: 0.5 on CIFAR-10.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Width D of projections and predictions. BYOL, section 3.3: 256; SimCLR: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;

    /// <summary>Width of the heads' hidden layers. BYOL, section 3.3: 4096; SimCLR: the backbone's feature width.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;
}

/// <summary>SimCLR or BYOL whose momentum branch averages the projector only and shares the online backbone, which saves its second pass.</summary>
/// <remarks>
/// <para>Pham et al., "On the Pros and Cons of Momentum Encoder in Self-Supervised Visual Representation Learning", 2022, https://arxiv.org/abs/2208.05744.
/// Target = projector_ema(sg(backbone(x))): detached before the projector, so no gradient enters the backbone from the target side.</para>
/// <para>No code was published; the placement of the stop-gradient, the loss of base simclr (<see cref="KeyedNTXentLoss"/>) and the momentum are our reading.
/// With last-stage-and-projector a second backbone runs whose earlier layers are copied from the online one after every step: the same values as a branch at the last stage, at a higher cost.</para>
/// </remarks>
[Plugin("projector-momentum", Options = typeof(ProjectorMomentumOptions), Summary = "SimCLR or BYOL with a moving average of the projector instead of the whole encoder.", Family = "siamese",
    Paper = "On the Pros and Cons of Momentum Encoder in Self-Supervised Visual Representation Learning", Authors = "Pham, Zhang, Niu, Zhang, Yoo", Venue = "arXiv", Year = 2022, ArXiv = "2208.05744")]
public sealed class ProjectorMomentum : Module, IMethod, IMomentumPairs, IBatchCoupled, IGathered
{
    private readonly IBackbone backbone;
    private readonly IBackbone? targetBackbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly Module<Tensor, Tensor>? targetProjector, predictor;
    private readonly ProjectorMomentumOptions _options;
    private readonly RunInfo _run;

    /// <summary>Builds the online network and what is averaged.</summary>
    /// <exception cref="ConfigurationException">The last stage shall be averaged, but the backbone has no stages.</exception>
    public ProjectorMomentum(BackboneFactory backbones, ProjectorMomentumOptions options, RunInfo run)
        : base(nameof(ProjectorMomentum))
    {
        (_options, _run) = (options, run);
        backbone = backbones();
        targetBackbone = options.EmaScope is MomentumScope.LastStageAndProjector or MomentumScope.Full ? backbones() : null;
        projector = Projector();
        targetProjector = options.EmaScope == MomentumScope.None ? null : Projector();
        predictor = options.Base == MomentumBase.BYOL ? SiameseHeads.BYOL(options.ProjectionDim, options.HiddenDim, options.ProjectionDim, HeadBias.First) : null;
        RegisterComponents();
        if (options.EmaScope == MomentumScope.LastStageAndProjector && !HasStageModules)
        {
            throw new ConfigurationException("method.emaScope is last-stage-and-projector, but this backbone is not built of named stages. Set it to projector or full, or choose a residual network.");
        }

        Module<Tensor, Tensor> Projector() => options.Base == MomentumBase.BYOL
            ? SiameseHeads.BYOL(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim, HeadBias.First)
            : ProjectionHead.BatchNormMlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => (_options.Base, IsSmall: _run.ImageSize <= ViewRecipes.SmallImageSide) switch
    {
        (MomentumBase.BYOL, true) => ViewRecipes.Pair(ViewRecipes.BYOLSmall(_run.ImageSize)),
        (MomentumBase.BYOL, false) => ViewRecipes.Pair(ViewRecipes.BYOL(_run.ImageSize)),
        (_, true) => ViewPlan.Same(2, ViewRecipes.SimCLRSmall(_run.ImageSize)),
        _ => ViewPlan.Same(2, ViewRecipes.SimCLR(_run.ImageSize)),
    };

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => _options.EmaScope switch
    {
        MomentumScope.None => [],
        MomentumScope.Projector => [Averaged(projector, targetProjector!)],
        MomentumScope.LastStageAndProjector => [Averaged(projector, targetProjector!), .. StagePairs()],
        _ => [Averaged(projector, targetProjector!), Averaged((Module)backbone, (Module)targetBackbone!)],
    };

    /// <inheritdoc/>
    public string BatchCoupling => "With base simclr every image of the batch is a negative of every other.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => _options.Base == MomentumBase.Simclr ? ProcessExchange.GatheredBatch : ProcessExchange.Nothing;

    private bool HasStageModules =>
        backbone.Stages is [.., var last]
        && ((Module)backbone).named_children().Any(child => child.name == last.Name)
        && ((Module)backbone).named_parameters().All(parameter => parameter.name.Contains('.'));   // every parameter lies in a child, so StagePairs misses none

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (ha, hb) = (backbone.call(batch.Views[0]), backbone.call(batch.Views[1]));   // [N, F] each
        var (za, zb) = (projector.call(ha), projector.call(hb));                         // [N, D] each
        if (_options is { Base: MomentumBase.Simclr, EmaScope: MomentumScope.None })
        {
            return new(NTXentLoss.Compute(context.Processes.Gather(za), context.Processes.Gather(zb), _options.Temperature)) { Embedding = za, Positive = zb };
        }

        var ta = Target(batch.Views[0], ha, za);                                         // [N, D], no gradient
        var tb = Target(batch.Views[1], hb, zb);                                         // [N, D], no gradient
        var loss = predictor is null
            ? KeyedNTXentLoss.Compute(
                context.Processes.Gather(za), context.Processes.Gather(zb), context.Processes.Gather(ta), context.Processes.Gather(tb), _options.Temperature)
            : BYOLLoss.Compute(predictor.call(za), tb) + BYOLLoss.Compute(predictor.call(zb), ta);   // []

        return new(loss) { Embedding = za, Positive = tb };
    }

    private Tensor Target(Tensor images, Tensor h, Tensor z)
    {
        using var noGradients = no_grad();

        return targetProjector is null ? z.detach() : targetProjector.call(targetBackbone is null ? h.detach() : targetBackbone.call(images));
    }

    /// <summary>The last stage is averaged, every other part of the target is the online one of the previous optimizer step.</summary>
    private IEnumerable<MomentumPair> StagePairs() =>
        ((Module)backbone).named_children().Zip(((Module)targetBackbone!).named_children())
            .Where(pair => pair.First.module.parameters().Any())
            .Select(pair => pair.First.name == backbone.Stages[^1].Name
                ? Averaged(pair.First.module, pair.Second.module)
                : new(pair.First.module, pair.Second.module, MomentumSchedule.Constant(0), MomentumUpdate.AfterOptimizerStep));

    private MomentumPair Averaged(Module online, Module target) =>
        new(online, target, new(_options.Momentum, _options.FinalMomentum), MomentumUpdate.AfterOptimizerStep);
}
