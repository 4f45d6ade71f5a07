namespace Parallax.Plugins.Augmentations;

/// <summary>How pixels are weighted when the size changes. Both widen their window when shrinking (antialiasing), as PIL does.</summary>
public enum Interpolation
{
    /// <summary>Triangle, two pixels wide.</summary>
    Bilinear,

    /// <summary>Cubic of Keys with a = -0.5, four pixels wide; overshoots are clipped to [0, 1].</summary>
    Bicubic,
}
