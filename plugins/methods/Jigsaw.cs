using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of jigsaw puzzles, section <c>method</c> of a recipe.</summary>
public sealed record JigsawOptions : TileOptions, IRunRequirements
{
    /// <summary>Cells per side of a puzzle. Paper, section 3: 3; 2 gives 24 permutations at most, for small images.</summary>
    [Range(2, 3)]
    public int Cells { get; init; } = 3;

    /// <summary>Permutations P that are told apart, at most all (24 of 4 tiles, 362,880 of 9). Paper, table 4: 100; Goyal et al.: 100, 2000 or 10000.</summary>
    [Range(2, 362_880)]
    public int Permutations { get; init; } = 100;

    /// <summary>How the permutations are chosen: max-average, which the authors' published list follows, or max-min, the distance that the paper speaks
    /// of.</summary>
    public PermutationRule Rule { get; init; } = PermutationRule.MaxAverage;

    /// <summary>Different permutations of each image in a step; all see the same embeddings of its tiles. Paper and Goyal et al.: 1; Kolesnikov et al., code:
    /// 8.</summary>
    [Range(1, 65536)]
    public int PermutationsPerImage { get; init; } = 1;

    /// <summary>What is seen of a tile: normalised as Goyal et al., standardised-per-channel as the paper, standardised-per-tile as Kolesnikov et al.,
    /// chroma-projected, or chroma-dropped.</summary>
    public TilePixels Pixels { get; init; } = TilePixels.Normalised;

    /// <summary>Share of the images that lose the green-magenta direction of their colours before they are cut, a fraction in [0, 1]; grey ones have none. The
    /// authors' code: 0.5 of the coloured images, which are half of all; Goyal et al., Kolesnikov et al.: 0.</summary>
    [Range(0.0, 1.0)]
    public double ProjectedShare { get; init; }

    /// <summary>Width E of the embedding of a tile. Goyal et al., code: 1000; the authors' fc6: 1024.</summary>
    [Range(1, 65536)]
    public int EmbeddingDim { get; init; } = 1000;

    /// <summary>Whether the embedding of a tile is a linear layer alone, without normalisation, ReLU and dropout behind it. Kolesnikov et al., code: yes; Goyal
    /// et al. and the authors: no.</summary>
    public bool LinearEmbedding { get; init; }

    /// <summary>Width of a hidden layer on all embeddings; 0 for none, as Goyal et al. The authors' fc7, Kolesnikov et al., code: 4096.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <summary>Normalisation behind embedding and hidden layer: batch as Goyal et al., none as the authors, or batch-without-affine.</summary>
    public HeadNorm Norm { get; init; } = HeadNorm.Batch;

    /// <summary>Share of embedding and hidden layer that training sets to 0, a fraction in [0, 1). Goyal et al.: 0; the authors: 0.5.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run)
    {
        var all = PermutationSet.Factorial(Cells * Cells);
        if (Permutations > all)
        {
            yield return $"method.permutations is {Permutations}, but {Cells} x {Cells} tiles have {all} permutations. Lower it to at most {all}, or raise "
                + "method.cells.";
        }

        if (PermutationsPerImage > Permutations)
        {
            yield return $"method.permutationsPerImage is {PermutationsPerImage}, but there are {Permutations} (method.permutations). Lower it to at most "
                + $"{Permutations}.";
        }
    }
}

/// <summary>The tiles of an image come in one of some fixed orders; the network, which sees tile by tile, tells which.</summary>
/// <remarks>
/// <para>Noroozi and Favaro, "Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles", ECCV 2016, https://arxiv.org/abs/1603.09246. The
/// network and its head are applied to every tile, the embeddings are joined in the order of the permutation, and a softmax over the permutations follows.
/// Orders are those of <see cref="PermutationSet"/>, kept in the checkpoint. Gaps between tiles and random places (<see cref="TileGrid"/>) keep borders from
/// telling the answer.</para>
/// <para>The defaults are Goyal et al., ICCV 2019, https://arxiv.org/abs/1905.01235 (VISSL), but for their <c>jitterShare: 0.952</c>; their tiles are listed
/// column by column, here and by Kolesnikov et al. row by row, which is the same task, because permutations are relative to the list. The authors' context-free
/// network has an AlexNet with <c>flattenedSide: 2</c>, <c>embeddingDim: 1024</c>, <c>hiddenDim: 4096</c>, <c>norm: none</c>, <c>dropout: 0.5</c>,
/// <c>projectedShare: 0.5</c> and <c>pixels: standardised-per-channel</c>. Paper and code of the authors differ: fc6 has 512 outputs in the paper and 1024 in
/// the code, the code's last layer 1000 for 100 permutations; the paper standardises each tile, which the code has commented out (<c>pixels: normalised</c>); a
/// shift of every colour channel by up to 2 pixels is in the code only, and left out here. Kolesnikov et al., CVPR 2019, have <c>linearEmbedding: true</c>,
/// <c>hiddenDim: 4096</c>, <c>dropout: 0.5</c> and eight permutations per image, the same for the whole batch; here each image draws its own.</para>
/// <para>Under the small budget, CIFAR-10 at 32 pixels, the features stay below those of random weights. What is known: tiles of the
/// recipe <c>small</c> have 12 pixels; the task is learned, to a loss of 1.46 where guessing among 24 orders has 3.18; evaluations show whole images of 32
/// pixels to a network that saw tiles. On photographs of 96 pixels, in tiles of 36, the features are far above those of random weights.</para>
/// </remarks>
[Plugin("jigsaw", Options = typeof(JigsawOptions), Summary = "Tells in which order the tiles of an image were shuffled.", Family = "pretext",
    Taxonomy = "context-based: spatial structure", PseudoLabel = "ordering",
    Paper = "Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles", Authors = "Noroozi, Favaro", Venue = "ECCV", Year = 2016,
    ArXiv = "1603.09246")]
public sealed class Jigsaw : Module, IMethod, IRunRequirements
{
    private const int Order = 3;   // what is drawn for an image, beside what its tiles need
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> embedding, head;
    private readonly Tensor permutations;   // [P, T]
    private readonly JigsawOptions _options;
    private readonly SampleRandom _random;
    private readonly TileCutter _tiles;
    private readonly ViewBuilder _view;

    /// <summary>Builds the heads on a backbone and chooses the permutations, beginning with one of the run's seed.</summary>
    /// <exception cref="ConfigurationException">There are not so many permutations.</exception>
    public Jigsaw(IBackbone backbone, JigsawOptions options, RunInfo run, ILogger logger)
        : base(nameof(Jigsaw))
    {
        options.Require(run);
        (this.backbone, _options, _random, _view) = (backbone, options, new(run), new(run.ImageSize));
        _tiles = new(options, options.Pixels, options.Cells, run, options.ProjectedShare);
        var count = options.Cells * options.Cells;
        var first = new CounterRandom(run.Seed, epoch: 0, sample: 0, RandomPurpose.Order).NextInt(PermutationSet.Factorial(count));
        var set = PermutationSet.Greedy(options.Permutations, count, first, options.Rule);
        permutations = set.ToTensor();
        embedding = options.LinearEmbedding
            ? ProjectionHead.LinearLayer(backbone.FeatureDim, options.EmbeddingDim)
            : ProjectionHead.Layers(backbone.FeatureDim, Layer(options.EmbeddingDim));
        HeadLayer classes = new(options.Permutations, Bias: true);
        head = ProjectionHead.Layers(count * options.EmbeddingDim, options.HiddenDim == 0 ? [classes] : [Layer(options.HiddenDim), classes]);
        RegisterComponents();

        var (min, mean) = set.Distances();
        logger.LogInformation("{Count} permutations of {Tiles} tiles: any two differ in {Min} places or more, in {Mean:F3} on average.",
            options.Permutations, count, min, mean);

        HeadLayer Layer(int width) => new(width, Bias: true, options.Norm, Relu: true, options.Dropout);
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View([.. _view.ResizedCrop(256.0 / 255), Flip(), _tiles.Grey])]);   // Goyal et al., code

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _tiles.Faults(backbone);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var tiles = _tiles.Cut(batch, context);                                                          // [N, T, C, t, t]
        var h = backbone.call(tiles.flatten(0, 1));                                                      // [N T, F]
        var z = embedding.call(h).view(batch.Size, tiles.shape[1], -1);                                  // [N, T, E]
        var drawn = SampleChoices.Distinct(_random.Of(batch, context, Order), _options.Permutations, _options.PermutationsPerImage);   // [N, K]
        var classes = drawn.flatten().to(z.device);                                                      // [N K]
        var logits = head.call(Shuffled(z, permutations.index_select(0, classes)));                      // [N K, P]

        return new(ClassPrediction.Loss(logits, classes))
        {
            Embedding = h.view(batch.Size, tiles.shape[1], -1).mean([1]),   // [N, F]
            Diagnostics = [new("accuracy", ClassPrediction.Accuracy(logits, classes))],
        };
    }

    /// <summary>The embeddings of each image's tiles in each of its orders, side by side.</summary>
    private static Tensor Shuffled(Tensor z, Tensor orders)
    {
        var (n, tiles, width) = (z.shape[0], z.shape[1], z.shape[2]);
        var perImage = orders.view(n, -1, 1).expand(-1, -1, width);   // [N, K T, E]

        return z.gather(1, perImage).view(-1, tiles * width);         // [N K, T E]
    }
}
