namespace Parallax.Host.Images;

/// <summary>Sorts stored pixels into the planes of an upright image.</summary>
internal static class Planes
{
    /// <param name="pixels">Row by row, as they are stored.</param>
    /// <param name="upright">How they are read.</param>
    /// <param name="row">Room for one upright row.</param>
    /// <param name="image">Receives the planes; has its size.</param>
    public static void Write<TPixel, TFormat>(ReadOnlySpan<TPixel> pixels, Upright upright, Span<TPixel> row, ImageBuffer image)
        where TPixel : unmanaged
        where TFormat : IPixelFormat<TPixel>
    {
        if (upright.IsStored)
        {
            WriteRun<TPixel, TFormat>(pixels, image, 0);
            return;
        }

        for (var y = 0; y < upright.Size.Height; y++)
        {
            var first = upright.First + (y * upright.Row);
            for (var x = 0; x < row.Length; x++)
            {
                row[x] = pixels[first + (x * upright.Column)];
            }

            WriteRun<TPixel, TFormat>(row, image, y * row.Length);
        }
    }

    /// <summary>Writes pixels that follow each other, from the given place of the planes on.</summary>
    private static void WriteRun<TPixel, TFormat>(ReadOnlySpan<TPixel> pixels, ImageBuffer image, int place)
        where TPixel : unmanaged
        where TFormat : IPixelFormat<TPixel>
    {
        if (image.Channels == 1)
        {
            TFormat.ToGrey(pixels, image.Plane(0).Slice(place, pixels.Length));
            return;
        }

        TFormat.ToRgb(
            pixels, image.Plane(0).Slice(place, pixels.Length), image.Plane(1).Slice(place, pixels.Length), image.Plane(2).Slice(place, pixels.Length));
    }
}
