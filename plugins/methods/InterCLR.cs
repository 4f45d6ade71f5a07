using Microsoft.Extensions.Logging;
using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>MoCo v2 or BYOL with a second branch between images: pseudo-labels kept up to date in a bank give positives, and half-hard images of other labels negatives.</summary>
/// <remarks>
/// <para>Xie et al., "Delving into Inter-Image Invariance for Unsupervised Visual Representations", IJCV 2022, https://arxiv.org/abs/2008.11702:
/// loss = (1 - w) intra + w inter, where inter is <see cref="InterImageLoss"/> of the query with a random image of its cluster and with negatives from <see cref="BankNegatives"/>.
/// Both branches share the head. The bank starts with k-means over features of the first network.</para>
/// <para>Differs from the authors' code: drawn negatives of the query's own cluster are left out, where they draw again, because on small data sets there may be no others;
/// counts are limited by the size of the data set (see the options); keys are encoded in random order on one device (see <see cref="BatchShuffle"/>).</para>
/// <para>The code for BYOL is not published. Here heads and views are BYOL's, the query is the prediction for the first view, the key the target's projection of the second,
/// and the inter-image branch is the same.</para>
/// </remarks>
[Plugin("inter-clr", Options = typeof(InterCLROptions), Summary = "MoCo v2 or BYOL plus positives between images, from pseudo-labels in a memory bank.", Family = "clustering",
    Paper = "Delving into Inter-Image Invariance for Unsupervised Visual Representations", Authors = "Xie, Zhan, Liu, Ong, Loy", Venue = "IJCV", Year = 2022, ArXiv = "2008.11702")]
public sealed class InterCLR : Module, IMethod, IMomentumPairs, IEpochPhase, IGathered, IBatchCoupled
{
    private readonly IBackbone backbone, keyBackbone;
    private readonly Module<Tensor, Tensor> projector, keyProjector;
    private readonly Module<Tensor, Tensor>? predictor;
    private readonly FeatureQueue? queue;
    private readonly PseudoLabelBank bank;
    private readonly InterCLROptions _options;
    private readonly RunInfo _run;
    private readonly int _pool, _negatives;

    /// <summary>Builds both encoders, the bank, and what the base method needs.</summary>
    /// <exception cref="ConfigurationException">The queue is no multiple of the batch size.</exception>
    public InterCLR(BackboneFactory backbones, InterCLROptions options, RunInfo run)
        : base(nameof(InterCLR))
    {
        (_options, _run) = (options, run);
        (backbone, keyBackbone) = (backbones(), backbones());
        var hidden = options.HiddenDim == 0 ? backbone.FeatureDim : options.HiddenDim;
        (projector, keyProjector) = (Head(backbone.FeatureDim), Head(backbone.FeatureDim));
        predictor = options.Base == IntraMethod.BYOL ? Head(options.ProjectionDim) : null;
        queue = options.Base == IntraMethod.Moco ? new FeatureQueue(options.QueueSize, options.ProjectionDim, run.BatchSize, run.Seed) : null;

        var images = run.Data.Count;
        var clusters = (int)Math.Clamp(images / 10, 1, options.Clusters);
        var minClusterSize = (int)Math.Clamp(images / clusters / 4, 1, options.MinClusterSize);
        bank = new PseudoLabelBank(images, options.ProjectionDim, new(clusters, minClusterSize, options.BankMomentum, options.CentroidEverySteps), run.Seed);
        _pool = (int)Math.Max(1, options.Sampler is NegativeSampler.SemiHard or NegativeSampler.SemiEasy ? images * options.PoolShare : images);
        _negatives = Math.Clamp(_pool / 2, 1, options.Negatives);
        RegisterComponents();

        Module<Tensor, Tensor> Head(long features) => options.Base == IntraMethod.Moco
            ? ProjectionHead.Mlp(features, hidden, options.ProjectionDim)
            : SiameseHeads.BYOL(features, hidden, options.ProjectionDim, HeadBias.First);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => (_options.Base, _run.ImageSize <= ViewRecipes.SmallImageSide) switch
    {
        (IntraMethod.Moco, true) => ViewPlan.Same(2, ViewRecipes.MoCoSmall(_run.ImageSize)),
        (IntraMethod.Moco, false) => ViewPlan.Same(2, ViewRecipes.MoCoV2(_run.ImageSize)),
        (_, true) => ViewRecipes.Pair(ViewRecipes.BYOLSmall(_run.ImageSize)),
        (_, false) => ViewRecipes.Pair(ViewRecipes.BYOL(_run.ImageSize)),
    };

    /// <inheritdoc/>
    public IReadOnlyList<MomentumPair> MomentumPairs
    {
        get
        {
            var (momentum, when) = _options.Base == IntraMethod.Moco
                ? (MomentumSchedule.Constant(_options.Momentum), MomentumUpdate.BeforeForward)
                : (new MomentumSchedule(_options.Momentum, 1), MomentumUpdate.AfterOptimizerStep);

            return [new((Module)backbone, (Module)keyBackbone, momentum, when), new(projector, keyProjector, momentum, when)];
        }
    }

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.GatheredBatch;

    /// <inheritdoc/>
    public string BatchCoupling => "Each micro-batch draws its own companions and negatives from the bank.";

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context)
    {
        if (context.Epoch > 0)
        {
            return;
        }

        using var features = context.Features.Extract(x => keyProjector.call(keyBackbone.call(x)));   // [M, D]
        bank.Initialize(features, _options.KMeansIterations);
        context.Logger.LogInformation(
            "{Images} images in {Clusters} clusters; {Negatives} negatives per query, {Sampler} of {Pool}.",
            features.shape[0], bank.Centroids.shape[0], _negatives, _options.Sampler, _pool);
    }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var (xa, xb) = (batch.Views[0], batch.Views[1]);
        var z = projector.call(backbone.call(xa));                                                  // [N, D]
        var q = predictor?.call(z) ?? z;                                                            // [N, D]
        var k = Keys(xb, context);                                                                  // [N, D], no gradient
        var loss = queue is { } keys
            ? InfoNCELoss.Compute(q, k, keys.Keys, _options.Temperature)                            // []
            : BYOLLoss.Compute(q, k) + BYOLLoss.Compute(Predictions(xb), Keys(xa, context));        // [], both directions added
        List<Diagnostic> diagnostics = [new("intra_loss", loss.detach())];
        if (context.Epoch >= _options.InterWarmupEpochs && _options.InterWeight > 0)
        {
            var logits = InterLogits(q, batch.Indices, context);                                    // [N, 1 + n]
            var inter = InfoNCELoss.FromLogits(logits);                                             // []
            loss = ((1 - _options.InterWeight) * loss) + (_options.InterWeight * inter);
            diagnostics.AddRange([new("inter_loss", inter.detach()), new("inter_proxy_accuracy", ProxyTask.Accuracy(logits))]);
        }

        MemoryUpdate toBank = new(bank, k, batch.Indices);

        return new(loss) { Embedding = z, Positive = k, Diagnostics = diagnostics, Remember = queue is null ? [toBank] : [new(queue, k), toBank] };
    }

    /// <summary>Similarities of each query with a companion of its cluster, then with its negatives; those of its own cluster are minus infinity.</summary>
    private Tensor InterLogits(Tensor q, Tensor images, StepContext context)
    {
        var uniform = rand([q.shape[0] * context.Processes.Count], dtype: float64, generator: context.Generator);
        var companions = bank.Companions(images, context.Processes.Own(uniform));                   // [N]
        var negatives = BankNegatives.Choose(q, bank.Features, _options.Sampler, _pool, _negatives, context);   // [N, n]
        var logits = InterImageLoss.Logits(
            q, Features(companions), Features(negatives.flatten()).view(negatives.shape[0], negatives.shape[1], -1), _options.Temperature, _options.MarginKind, _options.Margin);
        var isOwn = bank.Labels[negatives] == bank.Labels[images].unsqueeze(1);                     // [N, n]

        return logits.masked_fill(cat([zeros_like(isOwn.narrow(1, 0, 1)), isOwn], 1), double.NegativeInfinity);

        Tensor Features(Tensor of) => bank.Features.index_select(0, of);
    }

    private Tensor Predictions(Tensor images) => predictor!.call(projector.call(backbone.call(images)));

    private Tensor Keys(Tensor images, StepContext context) =>
        BatchShuffle.Encode(images, context, x => Rows.Unit(keyProjector.call(keyBackbone.call(x))));
}
