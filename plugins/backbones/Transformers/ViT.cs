using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>Widths and depths of the vision transformers, under timm's names.</summary>
public enum ViTSize
{
    /// <summary>12 blocks of width 192 with 3 heads.</summary>
    Tiny,

    /// <summary>12 blocks of width 384 with 6 heads.</summary>
    Small,

    /// <summary>12 blocks of width 768 with 12 heads.</summary>
    Base,

    /// <summary>24 blocks of width 1024 with 16 heads.</summary>
    Large,

    /// <summary>32 blocks of width 1280 with 16 heads; patches of 14 pixels in the papers.</summary>
    Huge,

    /// <summary>40 blocks of width 1408 with 16 heads and hidden layers of 6144; patches of 14 pixels.</summary>
    Giant,

    /// <summary>DINOv2's giant: 40 blocks of width 1536 with 24 heads; patches of 14 pixels, with <c>mlp: swiglu</c>.</summary>
    Giant2,
}

/// <summary>Initial weights of a vision transformer.</summary>
public enum ViTInit
{
    /// <summary>timm: linear layers from a normal distribution of deviation 0.02, cut off at 2; the patch projection as PyTorch.</summary>
    Timm,

    /// <summary>MoCo v3: linear layers by Glorot's rule, queries, keys and values each by itself; the patch projection as a linear layer.</summary>
    Moco,

    /// <summary>MAE: linear layers and the patch projection by Glorot's rule, the class token from a normal distribution of deviation 0.02.</summary>
    Mae,

    /// <summary>BEiT: linear layers, the class token and a learned table of positions from a normal distribution of deviation 0.02, cut off at 0.02;
    /// the last layer of each branch in block l divided by the square root of 2 l; the patch projection as PyTorch.</summary>
    Beit,

    /// <summary>I-JEPA: as BEiT, but cut off at 2, a hundred deviations, and the patch projection in the same way, its bias 0.</summary>
    Jepa,
}

/// <summary>Settings of the vision transformer, section <c>backbone</c> of a recipe.</summary>
public sealed record ViTOptions : IValidatableObject
{
    /// <summary>tiny (192 features), small (384), base (768), large (1024), huge (1280), giant (1408) or giant2 (1536). Small is DeiT's and MoCo v3's first
    /// choice.</summary>
    public ViTSize Size { get; init; } = ViTSize.Small;

    /// <summary>Width of the tokens, where it is not the size's own; a multiple of the heads, and of 4 for positions of sines and cosines. 0: the size's
    /// own.</summary>
    [Range(0, 65536)]
    public int Width { get; init; }

    /// <summary>Blocks, where they are not as many as the size's own; 0: the size's own.</summary>
    [Range(0, 1024)]
    public int Depth { get; init; }

    /// <summary>Side of a patch in pixels. Paper: 16, for images of 224 pixels; 4 suits images of 32 pixels.</summary>
    [Range(1, 64)]
    public int PatchSize { get; init; } = 16;

    /// <summary>Features of an image: token (the class token, as the paper), average (of the patches, then normalised: MAE's fine-tuning), patch-mean (of the
    /// normalised patches: I-JEPA) or token-mean (of all normalised tokens: FLIP).</summary>
    public ViTPooling Pooling { get; init; } = ViTPooling.Token;

    /// <summary>learned (as the paper), sin-cos (fixed, MAE), sin-cos-moco (fixed, MoCo v3) or none (BEiT, which has relative positions; MP3).</summary>
    public ViTPositions Positions { get; init; } = ViTPositions.Learned;

    /// <summary>What attention adds for the displacement between two patches: none (as the paper), shared (one table for all blocks: BEiT in pretraining) or
    /// per-block (BEiT in fine-tuning). Images may not be larger than data.imageSize then.</summary>
    public ViTRelativePositions RelativePositions { get; init; } = ViTRelativePositions.None;

    /// <summary>Whether a class token comes before the patches. Paper: true; I-JEPA: false.</summary>
    public bool ClassToken { get; init; } = true;

    /// <summary>Learned tokens between the class token and the patches, which no feature is taken from. Paper: 0; DINOv2 with registers: 4.</summary>
    [Range(0, 64)]
    public int RegisterTokens { get; init; }

    /// <summary>Layers between two attentions: gelu (as the paper), gelu-tanh (an approximation: FLIP) or swiglu (gated, two thirds as wide: DINOv2's
    /// giant).</summary>
    public ViTMlp Mlp { get; init; } = ViTMlp.Gelu;

    /// <summary>Which of queries, keys and values have a bias: all (timm), none or query-value (BEiT).</summary>
    public QkvBias QkvBias { get; init; } = QkvBias.All;

    /// <summary>Whether the patch projection keeps its random weights. MoCo v3, section 4: true, against instability.</summary>
    public bool FreezePatchProjection { get; init; }

    /// <summary>Heads of each attention, a divisor of the width; 0 takes the size's own (3, 6, 12, 16, 16, 16, 24). MoCo v3's small one has 12.</summary>
    [Range(0, 256)]
    public int Heads { get; init; }

    /// <summary>Probability that a sample skips a branch of the last block in training, a fraction in [0, 1); it rises evenly from 0 in the first. timm:
    /// 0.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double DropPath { get; init; }

    /// <summary>First value of a learned factor per channel on each branch, a fraction in [0, 1]; 0 leaves the factors out, as the paper. DINOv2:
    /// 0.00001.</summary>
    [Range(0.0, 1.0)]
    public double LayerScale { get; init; }

    /// <summary>Initial weights: timm, moco, mae, beit or jepa.</summary>
    public ViTInit Init { get; init; } = ViTInit.Timm;

    internal TransformerShape Shape
    {
        get
        {
            var shape = Size switch
            {
                ViTSize.Tiny => new TransformerShape(Width: 192, Depth: 12, Heads: 3),
                ViTSize.Small => new TransformerShape(Width: 384, Depth: 12, Heads: 6),
                ViTSize.Base => new TransformerShape(Width: 768, Depth: 12, Heads: 12),
                ViTSize.Large => new TransformerShape(Width: 1024, Depth: 24, Heads: 16),
                ViTSize.Huge => new TransformerShape(Width: 1280, Depth: 32, Heads: 16),
                ViTSize.Giant => new TransformerShape(Width: 1408, Depth: 40, Heads: 16, MlpRatio: 48.0 / 11),
                _ => new TransformerShape(Width: 1536, Depth: 40, Heads: 24),
            };

            return shape with
            {
                Width = Width == 0 ? shape.Width : Width,
                Depth = Depth == 0 ? shape.Depth : Depth,
                Heads = Heads == 0 ? shape.Heads : Heads,
                Pooling = Pooling,
                Positions = Positions,
                RelativePositions = RelativePositions,
                HasClassToken = ClassToken,
                Registers = RegisterTokens,
                Mlp = Mlp,
                QkvBias = QkvBias,
                DropPath = DropPath,
                LayerScale = LayerScale,
            };
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Shape.Width % Shape.Heads != 0)
        {
            yield return new($"backbone.heads is {Shape.Heads}, but the width is {Shape.Width}. Expected a divisor of the width; set backbone.heads or "
                + "backbone.width.", [nameof(Heads)]);
        }

        if (Positions is ViTPositions.SinCos or ViTPositions.SinCosMoco && Shape.Width % 4 != 0)
        {
            yield return new($"backbone.width is {Shape.Width}, but positions of sines and cosines need a multiple of 4. Change backbone.width, or set "
                + "backbone.positions to learned.", [nameof(Width)]);
        }

        if (!ClassToken && Pooling == ViTPooling.Token)
        {
            yield return new("backbone.classToken is false, but backbone.pooling is token, which takes the class token as features. Set backbone.pooling to "
                + "average or patch-mean.", [nameof(ClassToken)]);
        }

        if (RegisterTokens > 0 && RelativePositions != ViTRelativePositions.None)
        {
            yield return new($"backbone.registerTokens is {RegisterTokens}, but backbone.relativePositions is "
                + $"{(RelativePositions == ViTRelativePositions.Shared ? "shared" : "per-block")}, and tables of relative positions have no entries for "
                + "registers. Set one of them to 0 or none.", [nameof(RegisterTokens)]);
        }
    }
}

/// <summary>Vision transformer on square patches.</summary>
/// <inheritdoc cref="VisionTransformer" path="/remarks"/>
[Plugin("vit", Options = typeof(ViTOptions), Summary = "Vision transformer: tiny to giant, with 192 to 1536 features.", Family = "transformer",
    Paper = "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", Authors = "Dosovitskiy et al.", Venue = "ICLR", Year = 2021,
    ArXiv = "2010.11929")]
public sealed class ViT : VisionTransformer, IBackbone
{
    /// <summary>Builds and initialises the network.</summary>
    /// <param name="options">Size, patches, positions.</param>
    /// <param name="run">Gives the channels and the side of the images.</param>
    /// <exception cref="ConfigurationException">An image is smaller than a patch.</exception>
    public ViT(ViTOptions options, RunInfo run)
        : this(options, run, Conv2d(run.Data.Channels, options.Shape.Width, options.PatchSize, stride: options.PatchSize))
    {
    }

    private ViT(ViTOptions options, RunInfo run, Conv2d projection)
        : base(nameof(ViT), options.Shape, projection, options.PatchSize, run.ImageSize / options.PatchSize)
    {
        TransformerInitialization.Of(options.Init, this, projection);
        if (options.FreezePatchProjection)
        {
            foreach (var parameter in projection.parameters())
            {
                parameter.requires_grad = false;
            }
        }
    }
}
