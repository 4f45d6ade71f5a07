namespace Parallax.Plugins.Augmentations;

/// <summary>Operations of PIL's <c>ImageEnhance</c> on images whose pixels are whole numbers from 0 to 255, with PIL's rounding.</summary>
internal static class ByteImage
{
    public const int White = 255;

    /// <summary>From [0, 1] to the nearest byte.</summary>
    public static void Quantise(ImageBuffer image)
    {
        foreach (ref var pixel in image.Pixels)
        {
            pixel = MathF.Round(pixel * White);
        }
    }

    /// <summary>From bytes back to [0, 1].</summary>
    public static void Restore(ImageBuffer image)
    {
        foreach (ref var pixel in image.Pixels)
        {
            pixel /= White;
        }
    }

    /// <summary>Away from grey by a factor; grey images stay.</summary>
    public static void Color(ImageBuffer image, float factor)
    {
        if (image.Channels != 3)
        {
            return;
        }

        var red = image.Plane(0);
        var green = image.Plane(1);
        var blue = image.Plane(2);
        for (var i = 0; i < red.Length; i++)
        {
            var grey = Grey(red[i], green[i], blue[i]);
            (red[i], green[i], blue[i]) = (Blend(grey, red[i], factor), Blend(grey, green[i], factor), Blend(grey, blue[i], factor));
        }
    }

    /// <summary>Away from black by a factor.</summary>
    public static void Brightness(ImageBuffer image, float factor)
    {
        foreach (ref var pixel in image.Pixels)
        {
            pixel = Blend(0, pixel, factor);
        }
    }

    /// <summary>Away from the mean grey, a whole number, by a factor.</summary>
    public static void Contrast(ImageBuffer image, float factor)
    {
        var last = image.Channels - 1;
        var red = image.Plane(0);
        var green = image.Plane(last / 2);   // of a grey image the same plane, whose grey value is itself
        var blue = image.Plane(last);
        var sum = 0L;
        for (var i = 0; i < red.Length; i++)
        {
            sum += Grey(red[i], green[i], blue[i]);
        }

        var mean = (int)(((double)sum / red.Length) + 0.5);
        foreach (ref var pixel in image.Pixels)
        {
            pixel = Blend(mean, pixel, factor);
        }
    }

    /// <summary>Away from a smoothed copy by a factor; the border, and images below 3 x 3, stay.</summary>
    public static void Sharpen(ImageBuffer image, float factor)
    {
        var (height, width) = (image.Height, image.Width);
        if (height < 3 || width < 3)
        {
            return;
        }

        var target = image.Back(image.Channels, height, width);
        image.Pixels.CopyTo(target);
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var source = image.Plane(channel);
            var result = target.Slice(channel * height * width, height * width);
            for (var y = 1; y < height - 1; y++)
            {
                for (var x = 1; x < width - 1; x++)
                {
                    var at = (y * width) + x;
                    var smooth = Smooth(source[(at - width - 1)..], source[(at - 1)..], source[(at + width - 1)..]);
                    result[at] = Blend(smooth, source[at], factor);
                }
            }
        }

        image.SwapBack();
    }

    // PIL's SMOOTH: eight neighbours once, the centre five times, of 13
    private static int Smooth(ReadOnlySpan<float> above, ReadOnlySpan<float> row, ReadOnlySpan<float> below) =>
        (int)(((above[0] + above[1] + above[2] + row[0] + (5 * row[1]) + row[2] + below[0] + below[1] + below[2]) / 13) + 0.5f);

    /// <summary>PIL's luma in 16-bit fixed point, rounded.</summary>
    private static int Grey(float red, float green, float blue) => (((int)red * 19595) + ((int)green * 38470) + ((int)blue * 7471) + 0x8000) >> 16;

    /// <summary>from + factor * (to - from), cut off after the point and clipped, as <c>Image.blend</c>.</summary>
    private static float Blend(int from, float to, float factor) => MathF.Truncate(Math.Clamp(from + (factor * (to - from)), 0, White));
}
