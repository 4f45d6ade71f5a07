using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Settings of R(2+1)D-10, and what all residual networks for clips have, section <c>backbone</c> of a recipe.</summary>
public sealed record VideoResNetOptions
{
    /// <summary>Factor on the channels of every layer, in (0, 8]. 1 is the paper's network.</summary>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;

    /// <summary>Whether the last normalisation of each block starts at 0, so that blocks start as identities. SlowFast, SCE: yes; off in
    /// torchvision.</summary>
    public bool ZeroInitResidual { get; init; }
}
