using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Published vision transformers with a convolutional stem.</summary>
public enum ViTConvVariant
{
    /// <summary>Xiao et al., 1 GF: 11 blocks of width 192.</summary>
    Gf1,

    /// <summary>Xiao et al., 4 GF: 11 blocks of width 384.</summary>
    Gf4,

    /// <summary>Xiao et al., 18 GF: 11 blocks of width 768.</summary>
    Gf18,

    /// <summary>Xiao et al., 36 GF: 13 blocks of width 1024.</summary>
    Gf36,

    /// <summary>MoCo v3's small one: 11 blocks of width 384 with 12 heads, fixed positions.</summary>
    MocoSmall,

    /// <summary>MoCo v3's base one: 11 blocks of width 768 with 12 heads, fixed positions.</summary>
    MocoBase,
}

/// <summary>Settings of the vision transformer with a convolutional stem, section <c>backbone</c> of a recipe.</summary>
public sealed record ViTConvOptions
{
    /// <summary>gf1, gf4, gf18 or gf36 (Xiao et al., table 3), moco-small or moco-base (MoCo v3).</summary>
    public ViTConvVariant Variant { get; init; } = ViTConvVariant.Gf1;

    /// <summary>Features of an image: token (the class token, as the papers) or average (of the patches).</summary>
    public ViTPooling Pooling { get; init; } = ViTPooling.Token;

    /// <summary>Probability that a sample skips a branch of the last block in training, a fraction in [0, 1); it rises evenly from 0 in the first. Papers:
    /// 0.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double DropPath { get; init; }

    internal bool IsMoco => Variant is ViTConvVariant.MocoSmall or ViTConvVariant.MocoBase;

    internal TransformerShape Shape
    {
        get
        {
            var shape = Variant switch
            {
                ViTConvVariant.Gf1 => new TransformerShape(Width: 192, Depth: 11, Heads: 3, MlpRatio: 3),
                ViTConvVariant.Gf4 => new TransformerShape(Width: 384, Depth: 11, Heads: 6, MlpRatio: 3),
                ViTConvVariant.Gf36 => new TransformerShape(Width: 1024, Depth: 13, Heads: 16),
                ViTConvVariant.MocoSmall => new TransformerShape(Width: 384, Depth: 11, Heads: 12),
                _ => new TransformerShape(Width: 768, Depth: 11, Heads: 12),
            };

            return shape with { Pooling = Pooling, DropPath = DropPath, Positions = IsMoco ? ViTPositions.SinCosMoco : ViTPositions.Learned };
        }
    }
}

/// <summary>Vision transformer that sees images through a stack of 3x3 convolutions, with one block fewer.</summary>
/// <remarks>
/// <para>Xiao et al., "Early Convolutions Help Transformers See Better", NeurIPS 2021, https://arxiv.org/abs/2106.14881; its attention keeps timm's names.
/// The strides of the two largest stems follow from "halve the side when the width grows", as the paper does not list them.</para>
/// <para>The two variants of MoCo v3, https://arxiv.org/abs/2104.02057, have another stem (widths D/8, D/4, D/2, D), other weights and fixed positions.</para>
/// </remarks>
[Plugin("vit-conv", Options = typeof(ViTConvOptions), Summary = "Vision transformer with a convolutional stem, 192 to 1024 features.", Family = "transformer",
    Paper = "Early Convolutions Help Transformers See Better", Authors = "Xiao, Singh, Mintun, Darrell, Dollár, Girshick", Venue = "NeurIPS", Year = 2021,
    ArXiv = "2106.14881")]
public sealed class ViTConv : VisionTransformer, IBackbone
{
    private const int TotalStride = 16;

    /// <summary>Builds and initialises the network.</summary>
    /// <param name="options">Variant, pooling.</param>
    /// <param name="run">Gives the channels and the side of the images.</param>
    public ViTConv(ViTConvOptions options, RunInfo run)
        : this(options, run, Stem(options.Variant, run.Data.Channels))
    {
    }

    private ViTConv(ViTConvOptions options, RunInfo run, Sequential stem)
        : base(nameof(ViTConv), options.Shape, stem, TotalStride, (run.ImageSize + TotalStride - 1) / TotalStride)   // padded convolutions round up
    {
        if (options.IsMoco)
        {
            TransformerInitialization.Moco(this);
        }
        else
        {
            TransformerInitialization.EarlyConvolutions(this);
            ConvolutionalStem.Initialise(stem);
        }
    }

    /// <summary>The stem of a variant, with PyTorch's default initialisation.</summary>
    /// <param name="variant">The published network.</param>
    /// <param name="channels">Channels C of the images.</param>
    /// <returns>From [N, C, H, W] to [N, D, H/16, W/16], rounded up.</returns>
    public static Sequential Stem(ViTConvVariant variant, long channels)
    {
        var width = new ViTConvOptions { Variant = variant }.Shape.Width;
        (int, int)[] layers = variant is ViTConvVariant.Gf18 or ViTConvVariant.Gf36
            ? [(64, 2), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)]
            : [(width / 8, 2), (width / 4, 2), (width / 2, 2), (width, 2)];

        return ConvolutionalStem.Create(channels, layers, width);
    }
}
