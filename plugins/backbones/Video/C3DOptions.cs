using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Settings of C3D, section <c>backbone</c> of a recipe.</summary>
public sealed record C3DOptions
{
    /// <summary>Factor on the channels of every layer, in (0, 8]. 1 is the paper's network.</summary>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;
}
