using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of MoCo v1, section <c>method</c> of a recipe.</summary>
public sealed record MoCoV1Options : IRunRequirements
{
    /// <summary>Divisor of the cosines, positive. Paper, section 3.3: 0.07.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.07;

    /// <summary>Share of the momentum encoder kept at each step, a fraction in [0, 1). Paper, section 3.2: 0.999.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.999;

    /// <summary>Keys K in the queue, a multiple of the batch size. Paper, section 4.1: 65536.</summary>
    [Range(1, 1 << 24)]
    public int QueueSize { get; init; } = 65536;

    /// <summary>Width D of the projections. Paper, section 3.3: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => FeatureQueue.Faults(QueueSize, run.BatchSize);
}

/// <summary>A query finds its own key among thousands of keys from a slowly moving encoder.</summary>
/// <remarks>
/// <para>He et al., "Momentum Contrast for Unsupervised Visual Representation Learning", CVPR 2020, algorithm 1, https://arxiv.org/abs/1911.05722:
/// loss = -log( exp(q·k / T) / (exp(q·k / T) + sum over the queue of exp(q·n / T)) ). Only the query carries gradients; the keys enter the queue after the
/// loss.</para>
/// <para>Differs from the paper: one process has no others to shuffle over, so keys are encoded in random order, which changes batch normalisation only with
/// the backbone's <c>norm: split</c>, as in the authors' CIFAR demo.</para>
/// </remarks>
[Plugin("moco-v1", Options = typeof(MoCoV1Options), Summary = "Contrasts each image with a queue of keys from a momentum encoder.", Family = "contrastive",
    Paper = "Momentum Contrast for Unsupervised Visual Representation Learning", Authors = "He, Fan, Wu, Xie, Girshick", Venue = "CVPR", Year = 2020,
    ArXiv = "1911.05722")]
public sealed class MoCoV1 : Module, IMethod, IMomentumPairs, IGathered
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FeatureQueue queue;
    private readonly MoCoV1Options _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds both encoders and the queue.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size.</exception>
    public MoCoV1(BackboneFactory backbones, MoCoV1Options options, RunInfo run)
        : base(nameof(MoCoV1))
    {
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (backbones(), backbones());
        projector = Projector();
        momentumEncoder = new(
            (backbone, projector), (target, Projector()), MomentumSchedule.Constant(options.Momentum), MomentumUpdate.BeforeForward);
        queue = new FeatureQueue(options.QueueSize, options.ProjectionDim, run.BatchSize, run.Seed);
        RegisterComponents();

        Module<Tensor, Tensor> Projector() => ProjectionHead.LinearLayer(backbone.FeatureDim, options.ProjectionDim);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(2, _view.IsSmall
        ? View(_view.Crop(0.08), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), Flip())   // the authors' CIFAR notebook
        : View(_view.Crop(0.2), Grayscale(), Jitter(0.4, 0.4, 0.4, 0.4, probability: 1), Flip()));

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var q = projector.call(backbone.call(batch.Views[0]));       // [N, D]
        var k = momentumEncoder.Keys(batch.Views[1], context);       // [N, D], no gradient

        return QueueContrast.Step(q, k, queue, _options.Temperature);
    }
}
