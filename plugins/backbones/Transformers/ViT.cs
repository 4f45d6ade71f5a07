using System.ComponentModel.DataAnnotations;

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
}

/// <summary>Initial weights of a vision transformer.</summary>
public enum ViTInit
{
    /// <summary>timm: linear layers from a normal distribution of deviation 0.02, cut off at 2; the patch projection as PyTorch.</summary>
    Timm,

    /// <summary>MoCo v3: linear layers by Glorot's rule, queries, keys and values each by itself; the patch projection as a linear layer.</summary>
    Moco,
}

/// <summary>Settings of the vision transformer, section <c>backbone</c> of a recipe.</summary>
public sealed record ViTOptions : IValidatableObject
{
    /// <summary>tiny (192 features), small (384), base (768) or large (1024). Small is DeiT's and MoCo v3's first choice.</summary>
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

    /// <summary>Features of an image: token (the class token, as the paper) or average (of the patches).</summary>
    public ViTPooling Pooling { get; init; } = ViTPooling.Token;

    /// <summary>learned (as the paper), sin-cos (fixed, MAE) or sin-cos-moco (fixed, MoCo v3).</summary>
    public ViTPositions Positions { get; init; } = ViTPositions.Learned;

    /// <summary>Whether the patch projection keeps its random weights. MoCo v3, section 4: true, against instability.</summary>
    public bool FreezePatchProjection { get; init; }

    /// <summary>Heads of each attention, a divisor of the width; 0 takes the size's own (3, 6, 12, 16). MoCo v3's small one has 12.</summary>
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

    /// <summary>Initial weights: timm or moco.</summary>
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
                _ => new TransformerShape(Width: 1024, Depth: 24, Heads: 16),
            };

            return shape with { Width = Width == 0 ? shape.Width : Width, Depth = Depth == 0 ? shape.Depth : Depth,
                Heads = Heads == 0 ? shape.Heads : Heads, Pooling = Pooling, Positions = Positions, DropPath = DropPath,
                LayerScale = LayerScale };
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

        if (Positions != ViTPositions.Learned && Shape.Width % 4 != 0)
        {
            yield return new($"backbone.width is {Shape.Width}, but positions of sines and cosines need a multiple of 4. Change backbone.width, or set "
                + "backbone.positions to learned.", [nameof(Width)]);
        }
    }
}

/// <summary>Vision transformer on square patches.</summary>
/// <inheritdoc cref="VisionTransformer" path="/remarks"/>
[Plugin("vit", Options = typeof(ViTOptions), Summary = "Vision transformer: tiny, small, base or large, with 192 to 1024 features.", Family = "transformer",
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
        if (options.Init == ViTInit.Moco)
        {
            TransformerInitialization.Moco(this);
            TransformerInitialization.MocoPatches(projection);
        }
        else
        {
            TransformerInitialization.Timm(this);
        }

        if (options.FreezePatchProjection)
        {
            foreach (var parameter in projection.parameters())
            {
                parameter.requires_grad = false;
            }
        }
    }
}
