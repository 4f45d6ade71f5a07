using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Published forms of R(2+1)D-18.</summary>
public enum R2Plus1DForm
{
    /// <summary>torchvision's, of Tran et al.: the convolutions of a block share the channels between; shortcuts are 1x1x1.</summary>
    Torchvision,

    /// <summary>CSTP's: each convolution has the channels between that the equation gives, and so have shortcuts.</summary>
    Cstp,
}

/// <summary>Settings of R(2+1)D-18, section <c>backbone</c> of a recipe.</summary>
public sealed record R2Plus1DOptions
{
    /// <summary>torchvision or cstp, which differ in the channels within factored convolutions.</summary>
    public R2Plus1DForm Form { get; init; } = R2Plus1DForm.Torchvision;

    /// <inheritdoc cref="VideoResNetOptions.Width"/>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;

    /// <inheritdoc cref="VideoResNetOptions.ZeroInitResidual"/>
    public bool ZeroInitResidual { get; init; }

    internal VideoResNetOptions General => new() { Width = Width, ZeroInitResidual = ZeroInitResidual };
}

/// <summary>R(2+1)D-18: eight two-layer blocks whose convolutions are split into space and time; 512 features at width 1.</summary>
/// <inheritdoc cref="VideoResNet" path="/remarks"/>
/// <param name="options">Form, width.</param>
/// <param name="run">Gives the channels of the clips.</param>
[Plugin("r2plus1d-18", Options = typeof(R2Plus1DOptions), Summary = "Residual network of 18 layers, split into space and time, 512 features.",
    Family = "video", Paper = "A Closer Look at Spatiotemporal Convolutions for Action Recognition", Authors = "Tran et al.", Venue = "CVPR", Year = 2018,
    ArXiv = "1711.11248")]
public sealed class R2Plus1D18(R2Plus1DOptions options, RunInfo run)
    : VideoResNet(nameof(R2Plus1D18), VideoResNetShapes.R2Plus1D(options.Form, [2, 2, 2, 2]), options.General, run), IBackbone;
