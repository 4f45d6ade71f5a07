namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>How an image is enlarged; the same numbers as <see cref="InterpolationMode"/>.</summary>
    public enum UpsampleMode
    {
        /// <summary>The pixel whose cell contains the point.</summary>
        Nearest = 0,

        /// <summary>Linear, for [N, C, L].</summary>
        Linear = 1,

        /// <summary>Linear in both directions, for [N, C, H, W].</summary>
        Bilinear = 2,

        /// <summary>Cubic in both directions, for [N, C, H, W].</summary>
        Bicubic = 3,

        /// <summary>Linear in three directions, for [N, C, D, H, W].</summary>
        Trilinear = 4,
    }
}
