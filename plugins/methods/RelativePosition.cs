using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of relative patch location, section <c>method</c> of a recipe.</summary>
public sealed record RelativePositionOptions : TileOptions
{
    /// <summary>What is seen of a tile: chroma-dropped as Doersch et al., chroma-projected, their alternative, standardised-per-tile as Kolesnikov et al.,
    /// normalised as mmselfsup, or standardised-per-channel.</summary>
    public TilePixels Pixels { get; init; } = TilePixels.ChromaDropped;

    /// <summary>Width E of the embedding of a tile, a linear layer; 0 takes the backbone's features, as mmselfsup. Kolesnikov et al., code: 1000.</summary>
    [Range(0, 65536)]
    public int EmbeddingDim { get; init; } = 1000;

    /// <summary>Width of the hidden layer on a pair. Kolesnikov et al. and mmselfsup, code: 4096.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;

    /// <summary>Share of the hidden layer that training sets to 0, a fraction in [0, 1). Kolesnikov et al. and mmselfsup, code: 0.5.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>Factor on the learning rate of everything behind the backbone, not negative. Ours: 1; mmselfsup: 5.</summary>
    [Range(0.0, 100.0)]
    public double HeadLearningRateScale { get; init; } = 1;
}

/// <summary>The network sees the middle tile of an image and one of the eight around it, and tells which of the eight it is.</summary>
/// <remarks>
/// <para>Doersch et al., "Unsupervised Visual Representation Learning by Context Prediction", ICCV 2015, https://arxiv.org/abs/1505.05192: softmax over the
/// eight places (<see cref="RelativePlace"/>), one network for both tiles, then layers on the pair. Gaps between tiles, random places
/// (<see cref="TileGrid"/>) and missing colours (<see cref="ChromaDrop"/>) keep borders and lenses from telling the answer.</para>
/// <para>Pairs and head are those of Kolesnikov et al., CVPR 2019, https://arxiv.org/abs/1901.09005: an image gives nine tiles and all eight pairs with the
/// one in the middle, so that all places are equally frequent, and every tile passes through the network once. Doersch et al. take all pairs of neighbours of
/// a larger grid in both orders, sum over them, and downsample a third of the patches. Kolesnikov et al. resize images to a square, whatever their shape, as
/// the recipe <c>imagenet-kolesnikov</c> does; the method's own view keeps the shape, as Doersch et al.</para>
/// <para>Under the small budget, CIFAR-10 at 32 pixels, the features stay below those of random weights. What is known: tiles of the
/// recipe <c>small</c> have 8 pixels; the task is learned, to a loss of 1.72 where guessing has 2.08; evaluations show whole images of 32 pixels to a network
/// that saw tiles. On photographs of 96 pixels, in tiles of 24, the features are above those of random weights.</para>
/// </remarks>
[Plugin("relative-position", Options = typeof(RelativePositionOptions), Summary = "Tells where a tile lies relative to the middle one.", Family = "pretext",
    Taxonomy = "context-based: spatial structure", PseudoLabel = "pair relation",
    Paper = "Unsupervised Visual Representation Learning by Context Prediction", Authors = "Doersch, Gupta, Efros", Venue = "ICCV", Year = 2015,
    ArXiv = "1505.05192")]
public sealed class RelativePosition : Module, IMethod, IParameterGroups, IRunRequirements
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> embedding, head;
    private readonly RelativePositionOptions _options;
    private readonly TileCutter _tiles;
    private readonly ViewBuilder _view;

    /// <summary>Builds embedding and head on a backbone.</summary>
    public RelativePosition(IBackbone backbone, RelativePositionOptions options, RunInfo run)
        : base(nameof(RelativePosition))
    {
        (this.backbone, _options, _tiles, _view) = (backbone, options, new(options, options.Pixels, TilePairs.Cells, run), new(run.ImageSize));
        embedding = options.EmbeddingDim == 0 ? Identity() : ProjectionHead.LinearLayer(backbone.FeatureDim, options.EmbeddingDim);
        head = ProjectionHead.Layers(
            2 * (options.EmbeddingDim == 0 ? backbone.FeatureDim : options.EmbeddingDim),
            new(options.HiddenDim, Bias: true, HeadNorm.Batch, Relu: true, options.Dropout), new(RelativePlace.Count, Bias: true));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View([.. _view.ResizedCrop(292.0 / 255), _tiles.Grey])]);   // 292 as Kolesnikov et al., code

    /// <inheritdoc/>
    public IReadOnlyList<ParameterRule> ParameterRules =>
        [new(parameter => parameter.IsIn(nameof(embedding)) || parameter.IsIn(nameof(head)), LearningRateScale: _options.HeadLearningRateScale)];

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => _tiles.Faults(backbone);

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var tiles = _tiles.Cut(batch, context);                                                                 // [N, 9, C, t, t]
        var z = embedding.call(backbone.call(tiles.flatten(0, 1))).view(batch.Size, TilePairs.Tiles, -1);       // [N, 9, E]
        var logits = head.call(TilePairs.Of(z));                                                                // [8 N, 8]
        var places = TilePairs.Places(batch.Size, logits.device);                                               // [8 N]

        return new(ClassPrediction.Loss(logits, places))
        {
            Embedding = z.select(1, TilePairs.Middle), Diagnostics = [new("accuracy", ClassPrediction.Accuracy(logits, places))],
        };
    }
}
