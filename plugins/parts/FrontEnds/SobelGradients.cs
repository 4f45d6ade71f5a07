namespace Parallax.Plugins.Parts;

/// <summary>Sobel's gradients of every channel.</summary>
/// <remarks>Differences are taken before sums, so that symmetric borders give exactly zero, whatever the rounding.</remarks>
internal static class SobelGradients
{
    /// <summary>Cross-correlations with [[1, 0, -1], [2, 0, -2], [1, 0, -1]], and with its transpose.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <param name="border">What lies one pixel beyond the borders.</param>
    /// <returns>[N, C, H, W] each.</returns>
    public static (Tensor Horizontal, Tensor Vertical) Of(Tensor images, PaddingModes border)
    {
        var x = F.pad(images, [1, 1, 1, 1], border);                 // [N, C, H + 2, W + 2]
        var (h, w) = (images.shape[2], images.shape[3]);
        var across = x.narrow(3, 0, w) - x.narrow(3, 2, w);          // [N, C, H + 2, W]
        var down = x.narrow(2, 0, h) - x.narrow(2, 2, h);            // [N, C, H, W + 2]

        return (Smoothed(across, 2, h), Smoothed(down, 3, w));
    }

    private static Tensor Smoothed(Tensor x, int dimension, long length) =>
        x.narrow(dimension, 0, length) + (2 * x.narrow(dimension, 1, length)) + x.narrow(dimension, 2, length);
}
