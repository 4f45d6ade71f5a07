using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Published forms of the residual networks with 3D convolutions.</summary>
public enum R3DForm
{
    /// <summary>torchvision's: a stem of 3x7x7 without pooling, 3x3x3 everywhere; the stages 2 to 4 halve frames and sides.</summary>
    Torchvision,

    /// <summary>Hara et al.'s, which SLIC uses: as torchvision's, with a stem of 7x7x7.</summary>
    Hara,

    /// <summary>SlowFast's slow pathway, which SCE uses: a stem of 1x7x7 and a pooling; 1x3x3 in the stages 1 and 2, then 3x3x3 and 1x3x3 by turns; all frames
    /// stay.</summary>
    Slow,
}

/// <summary>Settings of R3D-18 and R3D-34, section <c>backbone</c> of a recipe.</summary>
public sealed record R3DOptions
{
    /// <summary>torchvision (3x7x7 stem, strides in time), hara (7x7x7 stem; SLIC) or slow (1x7x7 stem, no stride in time; SCE).</summary>
    public R3DForm Form { get; init; } = R3DForm.Torchvision;

    /// <inheritdoc cref="VideoResNetOptions.Width"/>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;

    /// <inheritdoc cref="VideoResNetOptions.ZeroInitResidual"/>
    public bool ZeroInitResidual { get; init; }

    internal VideoResNetOptions General => new() { Width = Width, ZeroInitResidual = ZeroInitResidual };
}
