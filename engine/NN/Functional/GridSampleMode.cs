namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>How <c>grid_sample</c> reads between pixels.</summary>
    public enum GridSampleMode
    {
        /// <summary>The nearest pixel.</summary>
        Nearest = 0,

        /// <summary>Linear in both directions.</summary>
        Bilinear = 2,
    }
}
