namespace Parallax.Torch;

/// <summary>What stands outside the border of an image or sequence.</summary>
public enum PaddingModes
{
    /// <summary>Zeros.</summary>
    Zeros = 0,

    /// <summary>The content mirrored at the border, border elements not repeated.</summary>
    Reflect = 1,

    /// <summary>The border elements repeated.</summary>
    Replicate = 2,

    /// <summary>The content of the opposite side.</summary>
    Circular = 3,

    /// <summary>A given number.</summary>
    Constant = 4,
}
