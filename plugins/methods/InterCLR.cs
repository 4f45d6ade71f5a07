using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of InterCLR, section <c>method</c> of a recipe.</summary>
public sealed record InterCLROptions : InterImageOptions
{
    /// <summary>Share of the key encoder kept at each step, a fraction in [0, 1). Authors' code: 0.999.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.999;

    /// <summary>Keys K in the queue, a multiple of the batch size. Authors' code: 65536.</summary>
    [Range(1, 1 << 24)]
    public int QueueSize { get; init; } = 65536;

    /// <inheritdoc/>
    public override IEnumerable<string> Faults(RunInfo run) => FeatureQueue.Faults(QueueSize, run.BatchSize);
}

/// <summary>MoCo v2 with a second branch between images: pseudo-labels in a bank give positives, and half-hard images of other labels negatives.</summary>
/// <remarks>
/// <para>Xie et al., "Delving into Inter-Image Invariance for Unsupervised Visual Representations", IJCV 2022, https://arxiv.org/abs/2008.11702:
/// loss = (1 - w) intra + w inter, where intra is MoCo v2's and inter that of <see cref="InterImageBranch"/>. Both branches share the head.</para>
/// <para>Differs from the authors' code: drawn negatives of the query's own cluster are left out, where they draw again; counts are limited by the size of the
/// data set (see the options); keys are encoded in random order on one device (see <see cref="BatchShuffle"/>).</para>
/// </remarks>
[Plugin("inter-clr", Options = typeof(InterCLROptions),
    Summary = "MoCo v2 plus positives between images, from pseudo-labels in a memory bank.", Family = "clustering",
    Paper = "Delving into Inter-Image Invariance for Unsupervised Visual Representations", Authors = "Xie, Zhan, Liu, Ong, Loy", Venue = "IJCV",
    Year = 2022, ArXiv = "2008.11702")]
[Moved("base", "moco", "inter-clr"), Moved("base", "byol", "inter-clr-byol")]
public sealed class InterCLR : Module, IMethod, IMomentumPairs, IEpochPhase, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> projector;
    private readonly MomentumEncoder momentumEncoder;
    private readonly FeatureQueue queue;
    private readonly InterImageBranch interImages;
    private readonly InterCLROptions _options;
    private readonly ViewBuilder _view;

    /// <summary>Builds both encoders, the queue and the bank.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size.</exception>
    public InterCLR(BackboneFactory backbones, InterCLROptions options, RunInfo run)
        : base(nameof(InterCLR))
    {
        (_options, _view) = (options, new(run.ImageSize));
        (backbone, var target) = (backbones(), backbones());
        projector = Projector();
        momentumEncoder = new(
            (backbone, projector), (target, Projector()), MomentumSchedule.Constant(options.Momentum), MomentumUpdate.BeforeForward);
        queue = new FeatureQueue(options.QueueSize, options.ProjectionDim, run.BatchSize, run.Seed);
        interImages = new(options, run);
        RegisterComponents();

        Module<Tensor, Tensor> Projector() => ProjectionHead.Mlp(backbone.FeatureDim, options.HiddenDim, options.ProjectionDim);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => ViewPlan.Same(
        2, View(_view.Crop(_view.IsSmall ? 0.08 : 0.2), Jitter(0.4, 0.4, 0.4, 0.1), Grayscale(), _view.Blur(0.5), Flip()));   // small: MoCo's CIFAR demo

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs => momentumEncoder.MomentumPairs;

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public string BatchCoupling => "Each micro-batch draws its own companions and negatives from the bank.";

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context) => interImages.BeforeEpoch(context, momentumEncoder.call);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var q = projector.call(backbone.call(batch.Views[0]));                      // [N, D]
        var k = momentumEncoder.Keys(batch.Views[1], context);                      // [N, D], no gradient
        var intra = InfoNCELoss.Compute(q, k, queue.Keys, _options.Temperature);    // []

        return interImages.Join(new(intra) { Embedding = q, Positive = k, Remember = [new(queue, k)] }, q, batch.Indices, context);
    }
}
