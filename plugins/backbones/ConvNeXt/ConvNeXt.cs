using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>Published sizes of ConvNeXt.</summary>
public enum ConvNeXtSize
{
    /// <summary>3, 3, 9, 3 blocks from 96 channels on.</summary>
    Tiny,

    /// <summary>3, 3, 27, 3 blocks from 96 channels on.</summary>
    Small,

    /// <summary>3, 3, 27, 3 blocks from 128 channels on.</summary>
    Base,

    /// <summary>3, 3, 27, 3 blocks from 192 channels on.</summary>
    Large,
}

/// <summary>Settings of ConvNeXt, section <c>backbone</c> of a recipe.</summary>
public sealed record ConvNeXtOptions : IRunRequirements
{
    /// <summary>tiny (768 features), small (768), base (1024) or large (1536).</summary>
    public ConvNeXtSize Size { get; init; } = ConvNeXtSize.Tiny;

    /// <summary>Side of the stem's patches in pixels. Paper: 4, for images of 224 pixels; 1 or 2 suits images of 32 pixels.</summary>
    [Range(1, 16)]
    public int PatchSize { get; init; } = 4;

    /// <summary>Probability that an image skips the last block in training, a fraction in [0, 1); it rises evenly from 0 in the first. Paper, supervised: 0.1
    /// (tiny), 0.4, 0.5, 0.5.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double DropPath { get; init; }

    internal ConvNeXtShape Shape => Size switch
    {
        ConvNeXtSize.Tiny => ConvNeXtShape.Doubling(96, 3, 3, 9, 3),
        ConvNeXtSize.Small => ConvNeXtShape.Doubling(96, 3, 3, 27, 3),
        ConvNeXtSize.Base => ConvNeXtShape.Doubling(128, 3, 3, 27, 3),
        _ => ConvNeXtShape.Doubling(192, 3, 3, 27, 3),
    };

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => ConvNeXtFaults.Of(PatchSize, run);
}

/// <summary>ConvNeXt, first version.</summary>
/// <inheritdoc cref="ConvNeXtNetwork" path="/remarks"/>
/// <param name="options">Size, patches, drop path.</param>
/// <param name="run">Gives the channels of the images.</param>
[Plugin("convnext", Options = typeof(ConvNeXtOptions), Summary = "ConvNeXt: tiny, small, base or large, with 768 to 1536 features.", Family = "convnext",
    Paper = "A ConvNet for the 2020s", Authors = "Liu et al.", Venue = "CVPR", Year = 2022, ArXiv = "2201.03545")]
public sealed class ConvNeXt(ConvNeXtOptions options, RunInfo run)
    : ConvNeXtNetwork(nameof(ConvNeXt), options.Shape, ConvNeXtVersion.V1, options.PatchSize, options.DropPath, run.Data.Channels), IBackbone;
