namespace Parallax.Plugins.Augmentations;

/// <summary>Cuts windows that may reach beyond the image.</summary>
internal static class Windows
{
    /// <summary>Replaces the image by the window whose first pixel is (top, left) of the image; what lies outside the image is black (0).</summary>
    public static void Cut(ImageBuffer image, int top, int left, int height, int width)
    {
        if (top == 0 && left == 0 && image.Size == new ImageSize(height, width))
        {
            return;
        }

        var target = image.Back(image.Channels, height, width);
        target.Clear();
        var firstRow = Math.Max(0, -top);
        var lastRow = Math.Min(height, image.Height - top);
        var firstColumn = Math.Max(0, -left);
        var columns = Math.Min(width, image.Width - left) - firstColumn;
        for (var channel = 0; channel < image.Channels && columns > 0; channel++)
        {
            var plane = image.Plane(channel);
            for (var row = firstRow; row < lastRow; row++)
            {
                var source = plane.Slice(((top + row) * image.Width) + left + firstColumn, columns);
                source.CopyTo(target[((((channel * height) + row) * width) + firstColumn)..]);
            }
        }

        image.SwapBack();
    }
}
