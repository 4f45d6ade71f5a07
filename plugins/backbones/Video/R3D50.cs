using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Published forms of R3D-50.</summary>
public enum R3D50Form
{
    /// <summary>SlowFast's slow pathway ("SlowOnly"): a stem of 1x7x7; all frames stay.</summary>
    Slow,

    /// <summary>CVRL's: a stem of 5x7x7, which halves the frames; otherwise as the slow pathway.</summary>
    Cvrl,
}

/// <summary>Settings of R3D-50, section <c>backbone</c> of a recipe.</summary>
public sealed record R3D50Options
{
    /// <summary>slow (1x7x7 stem; SlowFast, SCE) or cvrl (5x7x7 stem, which halves the frames).</summary>
    public R3D50Form Form { get; init; } = R3D50Form.Slow;

    /// <inheritdoc cref="VideoResNetOptions.Width"/>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;

    /// <inheritdoc cref="VideoResNetOptions.ZeroInitResidual"/>
    public bool ZeroInitResidual { get; init; }

    internal VideoResNetOptions General => new() { Width = Width, ZeroInitResidual = ZeroInitResidual };
}

/// <summary>R3D-50: sixteen three-layer blocks with convolutions over time in the last two stages; 2048 features at width 1. <c>slowonly</c> is its slow
/// form.</summary>
/// <remarks>
/// Feichtenhofer et al., "SlowFast Networks for Video Recognition", ICCV 2019, table 1 (slow pathway), https://arxiv.org/abs/1812.03982; the form of CVRL (Qian
/// et al., CVPR 2021, https://arxiv.org/abs/2008.03800) differs in its stem. Names are those of torchvision's networks for clips; PyTorchVideo's are read.
/// </remarks>
/// <param name="options">Form, width.</param>
/// <param name="run">Gives the channels of the clips.</param>
[Plugin("r3d-50", Options = typeof(R3D50Options), Summary = "Residual network of 50 layers for clips, 2048 features.", Family = "video",
    Paper = "SlowFast Networks for Video Recognition", Authors = "Feichtenhofer, Fan, Malik, He", Venue = "ICCV", Year = 2019, ArXiv = "1812.03982")]
[Plugin("slowonly", Options = typeof(R3D50Options), Preset = "{form: slow}", Summary = "The slow pathway of SlowFast: r3d-50 in its slow form.",
    Family = "video", Paper = "SlowFast Networks for Video Recognition", Authors = "Feichtenhofer, Fan, Malik, He", Venue = "ICCV", Year = 2019,
    ArXiv = "1812.03982")]
public sealed class R3D50(R3D50Options options, RunInfo run)
    : VideoResNet(nameof(R3D50), VideoResNetShapes.R3D50(options.Form), options.General, run), IBackbone;
