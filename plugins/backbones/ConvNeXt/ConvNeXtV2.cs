using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>Published sizes of ConvNeXt V2.</summary>
public enum ConvNeXtV2Size
{
    /// <summary>2, 2, 6, 2 blocks from 40 channels on.</summary>
    Atto,

    /// <summary>2, 2, 6, 2 blocks from 48 channels on.</summary>
    Femto,

    /// <summary>2, 2, 6, 2 blocks from 64 channels on.</summary>
    Pico,

    /// <summary>2, 2, 8, 2 blocks from 80 channels on.</summary>
    Nano,

    /// <summary>3, 3, 9, 3 blocks from 96 channels on.</summary>
    Tiny,

    /// <summary>3, 3, 27, 3 blocks from 128 channels on.</summary>
    Base,

    /// <summary>3, 3, 27, 3 blocks from 192 channels on.</summary>
    Large,

    /// <summary>3, 3, 27, 3 blocks from 352 channels on.</summary>
    Huge,
}

/// <summary>Settings of ConvNeXt V2, section <c>backbone</c> of a recipe.</summary>
public sealed record ConvNeXtV2Options : IRunRequirements
{
    /// <summary>atto (320 features), femto (384), pico (512), nano (640), tiny (768), base (1024), large (1536) or huge (2816).</summary>
    public ConvNeXtV2Size Size { get; init; } = ConvNeXtV2Size.Tiny;

    /// <summary>Channels of the first stage; features are 8 times as wide. 0 takes the size's own (40 to 352). Ours, for networks smaller than the published
    /// ones.</summary>
    [Range(0, 4096)]
    public int Width { get; init; }

    /// <inheritdoc cref="ConvNeXtOptions.PatchSize"/>
    [Range(1, 16)]
    public int PatchSize { get; init; } = 4;

    /// <summary>Probability that an image skips the last block in training, a fraction in [0, 1); it rises evenly from 0 in the first. Paper, pretraining:
    /// 0.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double DropPath { get; init; }

    internal ConvNeXtShape Shape
    {
        get
        {
            var (published, depths) = Size switch
            {
                ConvNeXtV2Size.Atto => (40, (int[])[2, 2, 6, 2]),
                ConvNeXtV2Size.Femto => (48, [2, 2, 6, 2]),
                ConvNeXtV2Size.Pico => (64, [2, 2, 6, 2]),
                ConvNeXtV2Size.Nano => (80, [2, 2, 8, 2]),
                ConvNeXtV2Size.Tiny => (96, [3, 3, 9, 3]),
                ConvNeXtV2Size.Base => (128, [3, 3, 27, 3]),
                ConvNeXtV2Size.Large => (192, [3, 3, 27, 3]),
                _ => (352, [3, 3, 27, 3]),
            };

            return ConvNeXtShape.Doubling(Width == 0 ? published : Width, depths) with { HasConvolutionalMlpInTimm = Size <= ConvNeXtV2Size.Nano };
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => ConvNeXtFaults.Of(PatchSize, run);
}

/// <summary>ConvNeXt V2: global response normalisation instead of layer scale.</summary>
/// <inheritdoc cref="ConvNeXtNetwork" path="/remarks"/>
/// <param name="options">Size, patches, drop path.</param>
/// <param name="run">Gives the channels of the images.</param>
[Plugin("convnext-v2", Options = typeof(ConvNeXtV2Options), Summary = "ConvNeXt V2: atto to huge, with 320 to 2816 features.", Family = "convnext",
    Paper = "ConvNeXt V2: Co-designing and Scaling ConvNets with Masked Autoencoders", Authors = "Woo et al.", Venue = "CVPR", Year = 2023,
    ArXiv = "2301.00808")]
public sealed class ConvNeXtV2(ConvNeXtV2Options options, RunInfo run)
    : ConvNeXtNetwork(nameof(ConvNeXtV2), options.Shape, ConvNeXtVersion.V2, options.PatchSize, options.DropPath, run.Data.Channels), IBackbone;
