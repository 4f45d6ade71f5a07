using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of MoCo v2, section <c>method</c> of a recipe.</summary>
public sealed record MoCoV2Options : IRunRequirements
{
    /// <summary>Divisor of the cosines, positive. Paper, table 2: 0.2.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Share of the momentum encoder kept at each step, a fraction in [0, 1). MoCo v1, section 3.2: 0.999.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.999;

    /// <summary>Keys K in the queue, a multiple of the batch size (of twice the batch size when symmetric). MoCo v1, section 4.1: 65536.</summary>
    [Range(1, 1 << 24)]
    public int QueueSize { get; init; } = 65536;

    /// <summary>Width D of the projections. MoCo v1, section 3.3: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Width of the head's hidden layer; 0 takes the backbone's feature width (2048 for ResNet-50), as the paper.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <summary>Whether each view is query once and key once: the two losses are added and 2N keys enter the queue. Off in the paper, an option of the authors'
    /// CIFAR demo.</summary>
    public bool Symmetric { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => FeatureQueue.Faults(QueueSize, Symmetric ? 2L * run.BatchSize : run.BatchSize);
}

/// <summary>MoCo with an MLP head, blur, and a cosine learning rate.</summary>
/// <remarks>
/// <para>Chen et al., "Improved Baselines with Momentum Contrastive Learning", 2020, https://arxiv.org/abs/2003.04297:
/// loss = -log( exp(q·k / T) / (exp(q·k / T) + sum over the queue of exp(q·n / T)) ). Only the query carries gradients; the keys enter the queue after the
/// loss.</para>
/// <para>Differs from the paper: one process has no others to shuffle over, so keys are encoded in random order, which changes batch normalisation only with
/// the backbone's <c>norm: split</c>, as in the authors' CIFAR demo.</para>
/// </remarks>
[Plugin("moco-v2", Options = typeof(MoCoV2Options), Summary = "MoCo with an MLP head and stronger augmentation.", Family = "contrastive",
    Paper = "Improved Baselines with Momentum Contrastive Learning", Authors = "Chen, Fan, Girshick, He", Venue = "arXiv", Year = 2020, ArXiv = "2003.04297")]
public sealed class MoCoV2 : Module, IMethod, IMomentumPairs, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FeatureQueue queue;
    private readonly MoCoV2Options _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds both encoders and the queue.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the keys per step.</exception>
    public MoCoV2(BackboneFactory backbones, MoCoV2Options options, RunInfo run)
        : base(nameof(MoCoV2))
    {
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (backbones(), backbones());
        projector = Projector();
        momentumEncoder = new(
            (backbone, projector), (target, Projector()), MomentumSchedule.Constant(options.Momentum), MomentumUpdate.BeforeForward);
        queue = new FeatureQueue(options.QueueSize, options.ProjectionDim, keysPerStep: options.Symmetric ? 2L * run.BatchSize : run.BatchSize, run.Seed);
        RegisterComponents();

        Module<Tensor, Tensor> Projector() => ProjectionHead.Mlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(
        2, View(_view.Crop(_view.IsSmall ? 0.08 : 0.2), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), _view.Blur(0.5), Flip()));   // small: the authors' CIFAR demo

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (xa, xb) = (batch.Views[0], batch.Views[1]);
        var first = QueueContrast.Step(Queries(xa), momentumEncoder.Keys(xb, context), queue, _options.Temperature);
        if (!_options.Symmetric)
        {
            return first;
        }

        var ka = momentumEncoder.Keys(xa, context);                                                           // [N, D], no gradient
        var loss = first.Loss + InfoNCELoss.Compute(Queries(xb), ka, queue.Keys, _options.Temperature);       // [], both against the queue of before

        return first with { Loss = loss, Remember = [new(queue, ka), .. first.Remember] };
    }

    private Tensor Queries(Tensor images) => projector.call(backbone.call(images));   // [N, D]
}
