using Microsoft.Extensions.Logging;

namespace Parallax.Plugins.Parts;

/// <summary>
/// The inter-image branch of InterCLR: pseudo-labels kept up to date in a bank give positives, and half-hard images of other labels negatives.
/// </summary>
/// <remarks>
/// <para>Xie et al., "Delving into Inter-Image Invariance for Unsupervised Visual Representations", IJCV 2022, https://arxiv.org/abs/2008.11702:
/// loss = (1 - w) intra + w inter, where inter is <see cref="InterImageLoss"/> of the query with a random image of its cluster and with negatives from
/// <see cref="BankNegatives"/>. The bank starts with k-means over features of the first network.</para>
/// <para>Differs from the authors' code: drawn negatives of the query's own cluster are left out, where they draw again, because on small data sets there may
/// be no others; counts are limited by the size of the data set (see the options).</para>
/// </remarks>
public sealed class InterImageBranch : Module
{
    private readonly PseudoLabelBank bank;
    private readonly InterImageOptions _options;
    private readonly int _pool, _negatives;

    /// <summary>Makes the bank.</summary>
    /// <param name="options">Settings of the branch.</param>
    /// <param name="run">Number of images, and the seed.</param>
    public InterImageBranch(InterImageOptions options, RunInfo run)
        : base(nameof(InterImageBranch))
    {
        _options = options;
        var images = run.Data.Count;
        var clusters = (int)Math.Clamp(images / 10, 1, options.Clusters);
        var minClusterSize = (int)Math.Clamp(images / clusters / 4, 1, options.MinClusterSize);
        bank = new PseudoLabelBank(images, options.ProjectionDim, new(clusters, minClusterSize, options.BankMomentum, options.CentroidEverySteps), run.Seed);
        _pool = (int)Math.Max(1, options.Sampler is NegativeSampler.SemiHard or NegativeSampler.SemiEasy ? images * options.PoolShare : images);
        _negatives = Math.Clamp(_pool / 2, 1, options.Negatives);
        RegisterComponents();
    }

    /// <summary>Before the first epoch: fills the bank with features of all images and clusters them; later nothing.</summary>
    /// <param name="context">The epoch, and the extractor of features.</param>
    /// <param name="encode">The momentum encoder, from images [N, C, H, W] to projections [N, D].</param>
    public void BeforeEpoch(EpochContext context, Func<Tensor, Tensor> encode)
    {
        if (context.Epoch > 0)
        {
            return;
        }

        using var features = context.Features.Extract(encode);   // [M, D]
        bank.Initialize(features, _options.KMeansIterations, context.Stop);
        context.Logger.LogInformation(
            "{Images} images in {Clusters} clusters; {Negatives} negatives per query, {Sampler} of {Pool}.",
            features.shape[0], bank.Centroids.shape[0], _negatives, _options.Sampler, _pool);
    }

    /// <summary>What a step returns once the branch has its share of the loss, and the bank takes in the keys.</summary>
    /// <param name="intra">The step without the branch: its loss [], and its keys [N, D] as <see cref="StepOutput.Positive"/>.</param>
    /// <param name="q">Queries, [N, D].</param>
    /// <param name="images">Index of each image in the data set, [N] int64.</param>
    /// <param name="context">Where training stands, and the step's random numbers.</param>
    public StepOutput Join(StepOutput intra, Tensor q, Tensor images, StepContext context)
    {
        var loss = intra.Loss;
        List<Diagnostic> diagnostics = [new("intra_loss", loss.detach())];
        if (context.Epoch >= _options.InterWarmupEpochs && _options.InterWeight > 0)
        {
            var logits = Logits(q, images, context);                                                // [N, 1 + n]
            var inter = InfoNCELoss.FromLogits(logits);                                             // []
            loss = ((1 - _options.InterWeight) * loss) + (_options.InterWeight * inter);
            diagnostics.AddRange([new("inter_loss", inter.detach()), new("inter_proxy_accuracy", ProxyTask.Accuracy(logits))]);
        }

        return intra with { Loss = loss, Diagnostics = diagnostics, Remember = [.. intra.Remember, new(bank, intra.Positive!, images)] };
    }

    /// <summary>Similarities of each query with a companion of its cluster, then with its negatives; those of its own cluster are minus infinity.</summary>
    private Tensor Logits(Tensor q, Tensor images, StepContext context)
    {
        var uniform = rand([q.shape[0] * context.Processes.Count], dtype: float64, generator: context.Generator);
        var companions = bank.Companions(images, context.Processes.Own(uniform));                   // [N]
        var negatives = BankNegatives.Choose(q, bank.Features, _options.Sampler, _pool, _negatives, context);   // [N, n]
        var logits = InterImageLoss.Logits(
            q, Features(companions), Features(negatives.flatten()).view(negatives.shape[0], negatives.shape[1], -1),
            _options.Temperature, _options.MarginKind, _options.Margin);
        var isOwn = bank.Labels[negatives] == bank.Labels[images].unsqueeze(1);                     // [N, n]

        return logits.masked_fill(cat([zeros_like(isOwn.narrow(1, 0, 1)), isOwn], 1), double.NegativeInfinity);

        Tensor Features(Tensor of) => bank.Features.index_select(0, of);
    }
}
