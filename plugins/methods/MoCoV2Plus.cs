using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of MoCo v2+, section <c>method</c> of a recipe. Defaults are those of the authors' code.</summary>
public sealed record MoCoV2PlusOptions : IRunRequirements
{
    /// <summary>Divisor of the cosines, positive. MoCo v2, table 2: 0.2.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Share of the momentum encoder kept at the first step, a fraction in [0, 1]; it rises to 1 along half a cosine. Authors' code: 0.99.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.99;

    /// <summary>Keys K in the queue, a multiple of the batch size. Authors' code: 65536.</summary>
    [Range(1, 1 << 24)]
    public int QueueSize { get; init; } = 65536;

    /// <summary>Width D of the projections. Authors' code: 256.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;

    /// <summary>Width of the hidden layers of projector and predictor. Authors' code: 4096.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;

    /// <summary>Whether both sides have projector and predictor (S-MoCo v2+), or the query side alone has the predictor (MoCo v2+).</summary>
    public bool SymmetricNetwork { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => FeatureQueue.Faults(QueueSize, run.BatchSize);
}

/// <summary>MoCo v2 with everything that BYOL brought beside the loss: its head, its predictor, its symmetric loss and its momentum.</summary>
/// <remarks>
/// <para>Huang et al., "Revisiting the Critical Factors of Augmentation-Invariant Representation Learning", ECCV 2022, https://arxiv.org/abs/2208.00275, and
/// its code: the InfoNCE losses of both directions are added; of each step the keys of one view enter the queue, chosen by a coin; the key encoder follows
/// after the optimizer step.</para>
/// <para>With a symmetric network, the last linear layers have no bias, as in the code.</para>
/// </remarks>
[Plugin("moco-v2-plus", Options = typeof(MoCoV2PlusOptions), Summary = "MoCo v2 with BYOL's head, predictor, symmetric loss and momentum.",
    Family = "contrastive", Paper = "Revisiting the Critical Factors of Augmentation-Invariant Representation Learning", Authors = "Huang, Kong, Zhang",
    Venue = "ECCV", Year = 2022, ArXiv = "2208.00275")]
public sealed class MoCoV2Plus : Module, IMethod, IMomentumPairs
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector, predictor;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FeatureQueue queue;
    private readonly MoCoV2PlusOptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds both encoders and the queue.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size.</exception>
    public MoCoV2Plus(BackboneFactory backbones, MoCoV2PlusOptions options, RunInfo run)
        : base(nameof(MoCoV2Plus))
    {
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (backbones(), backbones());
        projector = Projector();
        momentumEncoder = new((backbone, projector), (target, Projector()), new(options.Momentum, 1), MomentumUpdate.AfterOptimizerStep);
        predictor = options.SymmetricNetwork ? Identity() : ProjectionHead.Layers(options.ProjectionDim, Hidden(), new(options.ProjectionDim, Bias: true));
        queue = new FeatureQueue(options.QueueSize, options.ProjectionDim, run.BatchSize, run.Seed);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(
        2, View(_view.Crop(_view.IsSmall ? 0.08 : 0.2), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), _view.Blur(0.5), Flip()));   // MoCo v2's

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (xa, xb) = (batch.Views[0], batch.Views[1]);
        var (qa, qb) = (Queries(xa), Queries(xb));                                              // [N, D]
        var (ka, kb) = (Keys(xa), Keys(xb));                                                    // [N, D], no gradient
        var first = QueueContrast.Step(qa, kb, queue, _options.Temperature);
        var loss = first.Loss + InfoNCELoss.Compute(qb, ka, queue.Keys, _options.Temperature);  // []
        var coin = rand([1], generator: context.Generator).item<float>() < 0.5f;                // on the CPU: stalls no GPU

        return first with { Loss = loss, Remember = [new(queue, coin ? ka : kb)] };
    }

    private Tensor Queries(Tensor images) => predictor.call(projector.call(backbone.call(images)));

    private Tensor Keys(Tensor images) => Rows.Unit(momentumEncoder.call(images));

    private Module<Tensor, Tensor> Projector()
    {
        var projection = new HeadLayer(_options.ProjectionDim, Bias: !_options.SymmetricNetwork);

        return _options.SymmetricNetwork
            ? ProjectionHead.Layers(backbone.FeatureDim, Hidden(), projection, Hidden(), projection)
            : ProjectionHead.Layers(backbone.FeatureDim, Hidden(), projection);
    }

    private HeadLayer Hidden() => new(_options.HiddenDim, Bias: true, HeadNorm.Batch, Relu: true);
}
