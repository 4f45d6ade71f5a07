namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>What <c>grid_sample</c> reads outside the image.</summary>
    public enum GridSamplePaddingMode
    {
        /// <summary>Zeros.</summary>
        Zeros = 0,

        /// <summary>The image mirrored at its border.</summary>
        Reflection = 1,

        /// <summary>The border pixels.</summary>
        Border = 2,
    }
}
