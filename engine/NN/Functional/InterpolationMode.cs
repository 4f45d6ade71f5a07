namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>How an image is resized.</summary>
    public enum InterpolationMode
    {
        /// <summary>The pixel whose cell contains the point, rounding down.</summary>
        Nearest = 0,

        /// <summary>Linear, for [N, C, L].</summary>
        Linear = 1,

        /// <summary>Linear in both directions, for [N, C, H, W].</summary>
        Bilinear = 2,

        /// <summary>Cubic in both directions, for [N, C, H, W].</summary>
        Bicubic = 3,

        /// <summary>Linear in three directions, for [N, C, D, H, W].</summary>
        Trilinear = 4,

        /// <summary>Mean of the covered pixels.</summary>
        Area = 5,

        /// <summary>The nearest pixel center.</summary>
        NearestExact = 6,
    }
}
