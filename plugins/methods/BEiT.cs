using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of BEiT, section <c>method</c> of a recipe.</summary>
public sealed record BEiTOptions : IRunRequirements
{
    /// <summary>Visual tokens K. Paper, section 3.1: 8192.</summary>
    [Range(2, 1 << 20)]
    public int VocabularySize { get; init; } = 8192;

    /// <summary>File of the visual tokens, in place of clusters: a safetensors file, an array of NumPy or what <c>torch.save</c> wrote, with one tensor
    /// [vocabularySize, p p C]. A row is the centroid of a patch: its p x p pixels row by row, the channel fastest, normalised as the images are.
    /// <c>kMeansIterations</c> and <c>patchesPerImage</c> count for nothing then.</summary>
    public string? CodebookFile { get; init; }

    /// <summary>Rounds of k-means that make the visual tokens, before the first epoch. Ours: 10.</summary>
    [Range(1, 1000)]
    public int KMeansIterations { get; init; } = 10;

    /// <summary>Patches of each image that the clusters are made of, at the same places in all images. Ours: 1.</summary>
    [Range(1, 1024)]
    public int PatchesPerImage { get; init; } = 1;

    /// <summary>Share of the patches that are hidden, in rectangles, a fraction in (0, 1). Paper, section 2.3: 0.4; authors' code: 75 of 196.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double MaskRatio { get; init; } = 0.4;

    /// <summary>Patches of the smallest hidden rectangle. Paper, algorithm 1: 16, of a grid of 14 x 14; 4 suits one of 8 x 8.</summary>
    [Range(1, 1024)]
    public int MinBlockPatches { get; init; } = 16;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        var samples = run.Data.Count * PatchesPerImage;
        if (VocabularySize > samples && string.IsNullOrEmpty(CodebookFile))
        {
            yield return $"method.vocabularySize is {VocabularySize}, but {run.Data.Count} training images give {samples} patches "
                + "(method.patchesPerImage); each visual token begins at a patch of its own. "
                + $"Lower it to at most {samples}, take more patches of each image, or give the visual tokens by method.codebookFile.";
        }
    }
}

/// <summary>Predicts the visual tokens of hidden patches: the classes that a codebook gives to their pixels.</summary>
/// <remarks>
/// <para>Bao et al., "BEiT: BERT Pre-Training of Image Transformers", ICLR 2022, section 2, https://arxiv.org/abs/2106.08254: rectangles of patches are hidden
/// (<see cref="BlockMasking"/>), a learned vector takes the place of their embeddings, a linear layer gives the logits of their tokens, the loss is
/// <see cref="BEiTLoss"/>.</para>
/// <para>Differs from the paper: there is no discrete variational autoencoder, whose tokens see 8 x 8 pixels and what is around them. Before the first epoch
/// k-means over patches of the training images makes a codebook, which stays as it is, or a file gives one (<c>codebookFile</c>); the visual token of a patch
/// is its nearest centroid, by the pixels of the patch alone. The published accuracies are not those of this tokenizer.</para>
/// </remarks>
[Plugin("beit", Options = typeof(BEiTOptions), Backbone = typeof(ITokenBackbone), Family = "masked",
    Summary = "Predicts the visual tokens of hidden patches; here k-means clusters of pixels, not codes of a dVAE.",
    Paper = "BEiT: BERT Pre-Training of Image Transformers", Authors = "Bao, Dong, Piao, Wei", Venue = "ICLR", Year = 2022, ArXiv = "2106.08254")]
public sealed class BEiT : Module, IMethod, IPictures, IEpochPhase, IParameterGroups, IGathered, IBatchCoupled, IStartingWeights, IRunRequirements
{
    private const double InitialStd = 0.02;
    private static readonly string[] _notDecayed = ["cls_token", "pos_embed"];   // authors' code

    private readonly ITokenBackbone backbone;
    private readonly Linear head;
    private readonly Parameter mask_token;
    private readonly Tensor codebook;   // [K, p p C]
    private readonly BEiTOptions _options;
    private readonly RunInfo _run;
    private readonly ViewBuilder _view;
    private readonly SampleRandom _random;
    private readonly ILogger _logger;

    /// <summary>Builds mask token and head on a backbone; the codebook is zero until the first epoch.</summary>
    public BEiT(BackboneFactory backbones, BEiTOptions options, RunInfo run, ILogger logger)
        : base(nameof(BEiT))
    {
        (backbone, _options, _run, _view, _random, _logger) = (backbones.Tokens(), options, run, new(run.ImageSize), new(run), logger);
        mask_token = MaskToken.Create(backbone.PatchDim, InitialStd, bound: InitialStd);
        head = Linear(backbone.TokenDim, options.VocabularySize);
        TruncatedNormal.Fill(head.weight!, InitialStd, bound: InitialStd);
        init.zeros_(head.bias!);
        codebook = zeros([options.VocabularySize, PatchSize * PatchSize * run.Data.Channels], dtype: float32);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.Crop(0.08, bicubic: true), Flip(), Jitter(0.4, 0.4, 0.4, 0, probability: 1))]);   // authors' code

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules =>
        [new(p => _notDecayed.Any(name => p.Name.EndsWith(name, StringComparison.Ordinal)), WeightDecayScale: 0)];

    /// <inheritdoc/>
    public ProcessExchange Exchange => ProcessExchange.ReducedStatistics;

    /// <inheritdoc/>
    public string BatchCoupling => "The mean runs over the hidden patches of a micro-batch, whose number differs where no further rectangle fits.";

    /// <inheritdoc/>
    public IReadOnlyList<GivenTensor> GivenTensors => string.IsNullOrEmpty(_options.CodebookFile) ? [] :
    [
        new("method.codebookFile", _options.CodebookFile, codebook,
            $"visual tokens (method.vocabularySize), pixels of a patch ({PatchSize} x {PatchSize}, {_run.Data.Channels} channels)"),
    ];

    private int PatchSize => backbone.TokenStride;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        var side = PatchGrid.Side(backbone, run.ImageSize);
        var patches = (long)side * side;
        foreach (var fault in PatchGrid.SizeFaults(backbone, run.ImageSize)
            .Concat(Blocks(side, side).Faults(HiddenCount(side, side), _options.MaskRatio, "method.minBlockPatches")))
        {
            yield return fault;
        }

        if (_options.PatchesPerImage > patches && string.IsNullOrEmpty(_options.CodebookFile))
        {
            yield return $"method.patchesPerImage is {_options.PatchesPerImage}, but images have {patches} patches. Expected at most that.";
        }
    }

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch == 0 && string.IsNullOrEmpty(_options.CodebookFile);

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context)
    {
        if (!IsDue(context.Epoch))
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var generator = new Generator(new CounterRandom(_run.Seed, 0, sample: 0, RandomPurpose.Clustering).NextUInt32());
        var side = _run.ImageSize / PatchSize;
        var places = randperm(side * side, dtype: int64, generator: generator).narrow(0, 0, _options.PatchesPerImage);          // [m]
        var samples = context.Features.Extract(images => PatchPixels.Split(images, PatchSize).index_select(1, places.to(images.device)).flatten(1))
            .view(-1, codebook.shape[1]).to(codebook.device);                                                                   // [count m, p p C]
        var first = randperm(samples.shape[0], dtype: int64, generator: generator).narrow(0, 0, _options.VocabularySize);       // [K]
        var (centroids, members) = KMeans.Cluster(samples, samples.index_select(0, first.to(samples.device)), _options.KMeansIterations, stop: context.Stop);
        codebook.copy_(centroids);
        _logger.LogInformation(
            "{Used} of {VocabularySize} visual tokens have patches.", bincount(members).count_nonzero().item<long>(), _options.VocabularySize);
    }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var images = batch.Views[0];                                                                // [N, C, H, W]
        var mask = Mask(batch, context);                                                            // [N, h, w] on the CPU
        var hidden = HiddenPatches.Of(mask, images.device);                                         // M patches
        var logits = head.call(hidden.Take(Encode(images, mask)));                                  // [M, K]
        var tokens = KMeans.Nearest(hidden.Take(PatchPixels.Split(images, PatchSize)), codebook);   // [M]
        var count = context.Processes.Mean(tensor((float)tokens.shape[0], device: images.device));  // [], of a process

        return new(BEiTLoss.Compute(logits, tokens, count));
    }

    /// <inheritdoc/>
    /// <remarks>Hidden patches are shown as the centroid of the visual token with the highest score.</remarks>
    public IReadOnlyList<PictureColumn> Pictures(Batch batch, StepContext context)
    {
        var (images, mask) = (batch.Views[0], Mask(batch, context));                                // [N, h, w]
        var tokens = head.call(Encode(images, mask)).argmax(2);                                     // [N, L]
        var predicted = codebook.index_select(0, tokens.flatten()).view(tokens.shape[0], tokens.shape[1], -1);   // [N, L, p p C]

        return HiddenPictures.Of(images, predicted, mask.flatten(1).to(images.device), PatchSize);
    }

    private Tensor Encode(Tensor images, Tensor mask)
    {
        var patches = MaskToken.Hide(backbone.EmbedPatches(images), mask, mask_token);              // [N, h, w, D]

        return PatchGrid.WithoutPrefix(backbone, backbone.Normalise(backbone.Encode(patches)));     // [N, L, D]
    }

    private Tensor Mask(Batch batch, StepContext context)
    {
        var (rows, columns) = ((int)batch.Views[0].shape[2] / PatchSize, (int)batch.Views[0].shape[3] / PatchSize);

        return Blocks(rows, columns).Draw(_random.Of(batch, context), HiddenCount(rows, columns));
    }

    private BlockMasking Blocks(int rows, int columns) => new(rows, columns) { MinPatches = _options.MinBlockPatches };

    private int HiddenCount(int rows, int columns) => (int)(rows * columns * _options.MaskRatio);
}
