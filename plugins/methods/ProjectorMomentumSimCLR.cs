using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of projector-only momentum on SimCLR, section <c>method</c> of a recipe.</summary>
public sealed record ProjectorMomentumSimCLROptions : MomentumScopeOptions
{
    /// <summary>Divisor of the cosines, positive. SimCLR, table 5: 0.1 on ImageNet; appendix B.9: 0.5 on CIFAR-10.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;
}

/// <summary>SimCLR whose positives and negatives are keys of a momentum branch that averages the projector only and shares the online backbone.</summary>
/// <remarks>
/// Pham et al., "On the Pros and Cons of Momentum Encoder in Self-Supervised Visual Representation Learning", 2022, https://arxiv.org/abs/2208.05744, see
/// <see cref="ScopedMomentumEncoder"/>. No code was published; the placement of the stop-gradient, the loss (<see cref="KeyedNTXentLoss"/>) and the momentum
/// are our reading. With <c>emaScope: none</c> it is plain SimCLR.
/// </remarks>
[Plugin("projector-momentum-simclr", Options = typeof(ProjectorMomentumSimCLROptions),
    Summary = "SimCLR against keys from a moving average of the projector.", Family = "siamese",
    Paper = "On the Pros and Cons of Momentum Encoder in Self-Supervised Visual Representation Learning", Authors = "Pham, Zhang, Niu, Zhang, Yoo",
    Venue = "arXiv", Year = 2022, ArXiv = "2208.05744")]
public sealed class ProjectorMomentumSimCLR : Module, IMethod, IMomentumPairs, IBatchCoupled, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly ScopedMomentumEncoder momentumEncoder;
    private readonly ProjectorMomentumSimCLROptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds the online network and what is averaged.</summary>
    /// <exception cref="ConfigurationException">The last stage shall be averaged, but the backbone has no stages.</exception>
    public ProjectorMomentumSimCLR(BackboneFactory backbones, ProjectorMomentumSimCLROptions options, RunInfo run)
        : base(nameof(ProjectorMomentumSimCLR))
    {
        (_options, _view) = (options, new(run.ImageSize));
        backbone = backbones();
        projector = Projector();
        momentumEncoder = new(options.EmaScope, (backbone, projector), backbones, Projector, new(options.Momentum, options.FinalMomentum));
        RegisterComponents();

        Module<Tensor, Tensor> Projector() => ProjectionHead.BatchNormMlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => SimCLRViews.Of(_view);

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public string BatchCoupling => "Every image of the batch is a negative of every other.";

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (ha, hb) = (backbone.call(batch.Views[0]), backbone.call(batch.Views[1]));                  // [N, F] each
        var (za, zb) = (projector.call(ha), projector.call(hb));                                        // [N, D] each
        var ta = momentumEncoder.Targets(batch.Views[0], ha, za);                                       // [N, D], no gradient
        var tb = momentumEncoder.Targets(batch.Views[1], hb, zb);                                       // [N, D], no gradient
        var (qa, qb) = (context.Processes.Gather(za), context.Processes.Gather(zb));                    // [M, D] of all processes
        var loss = _options.EmaScope == MomentumScope.None
            ? NTXentLoss.Compute(qa, qb, _options.Temperature)                                          // [], also the keys carry gradients
            : KeyedNTXentLoss.Compute(qa, qb, context.Processes.Gather(ta), context.Processes.Gather(tb), _options.Temperature);

        return new(loss) { Embedding = za, Positive = tb };
    }
}
