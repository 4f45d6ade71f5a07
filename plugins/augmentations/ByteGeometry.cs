namespace Parallax.Plugins.Augmentations;

/// <summary>Affine maps that take the nearest pixel, in PIL's 16-bit fixed point.</summary>
internal static class ByteGeometry
{
    private const int FractionBits = 16;

    /// <summary>Shifts each row to the left by slope times its height below the top edge.</summary>
    public static void ShearX(ImageBuffer image, double slope, ReadOnlySpan<float> fill) => Map(image, [1, slope, 0, 0, 1, 0], fill);

    /// <summary>Shifts each column upwards by slope times its distance from the left edge.</summary>
    public static void ShearY(ImageBuffer image, double slope, ReadOnlySpan<float> fill) => Map(image, [1, 0, 0, slope, 1, 0], fill);

    /// <summary>Shifts the image to the left and upwards.</summary>
    public static void Translate(ImageBuffer image, double left, double up, ReadOnlySpan<float> fill) => Map(image, [1, 0, left, 0, 1, up], fill);

    /// <summary>Turns the image around its centre, against the clock.</summary>
    public static void Rotate(ImageBuffer image, double degrees, ReadOnlySpan<float> fill)
    {
        var (sine, cosine) = Math.SinCos(-degrees * Math.PI / 180);
        var (x, y) = (image.Width / 2.0, image.Height / 2.0);
        Map(image, [cosine, sine, x - (cosine * x) - (sine * y), -sine, cosine, y + (sine * x) - (cosine * y)], fill);
    }

    /// <summary>Takes each pixel from (a x + b y + c, d x + e y + f), where whole numbers are the edges of pixels.</summary>
    private static void Map(ImageBuffer image, ReadOnlySpan<double> map, ReadOnlySpan<float> fill)
    {
        var (height, width) = (image.Height, image.Width);
        var target = image.Back(image.Channels, height, width);
        for (var channel = 0; channel < image.Channels; channel++)
        {
            target.Slice(channel * height * width, height * width).Fill(fill[channel % fill.Length]);
        }

        int acrossX = Fixed(map[0]), downX = Fixed(map[1]), acrossY = Fixed(map[3]), downY = Fixed(map[4]);
        int rowX = Fixed(map[2] + (map[0] / 2) + (map[1] / 2)), rowY = Fixed(map[5] + (map[3] / 2) + (map[4] / 2));
        for (var row = 0; row < height; row++, rowX += downX, rowY += downY)
        {
            var (sourceX, sourceY) = (rowX, rowY);
            for (var column = 0; column < width; column++, sourceX += acrossX, sourceY += acrossY)
            {
                var (x, y) = (sourceX >> FractionBits, sourceY >> FractionBits);
                if ((uint)x >= (uint)width || (uint)y >= (uint)height)
                {
                    continue;
                }

                for (var channel = 0; channel < image.Channels; channel++)
                {
                    target[(((channel * height) + row) * width) + column] = image.Plane(channel)[(y * width) + x];
                }
            }
        }

        image.SwapBack();
    }

    private static int Fixed(double value) => (int)Math.Floor((value * (1 << FractionBits)) + 0.5);
}
