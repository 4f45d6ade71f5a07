namespace Parallax.Plugins.Augmentations;

/// <summary>Operations of PIL's <c>ImageOps</c> that map each value of a channel to another, on pixels that are whole numbers from 0 to 255.</summary>
internal static class ByteTables
{
    private const int Levels = 256, White = ByteImage.White;

    /// <summary>Keeps the highest bits of each value.</summary>
    public static void Posterize(ImageBuffer image, int bits)
    {
        var mask = ~((1 << (8 - bits)) - 1);
        foreach (ref var pixel in image.Pixels)
        {
            pixel = (int)pixel & mask;
        }
    }

    /// <summary>Inverts values at or above the threshold.</summary>
    public static void Solarize(ImageBuffer image, float threshold)
    {
        foreach (ref var pixel in image.Pixels)
        {
            pixel = pixel < threshold ? pixel : White - pixel;
        }
    }

    /// <summary>Adds to values below the middle, 128.</summary>
    public static void SolarizeAdd(ImageBuffer image, float added)
    {
        foreach (ref var pixel in image.Pixels)
        {
            pixel = pixel < Levels / 2 ? Math.Min(White, pixel + added) : pixel;
        }
    }

    /// <summary>Stretches each channel to the full range; a channel of one value stays.</summary>
    public static void AutoContrast(ImageBuffer image)
    {
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var plane = image.Plane(channel);
            var (low, high) = (float.MaxValue, float.MinValue);
            foreach (var pixel in plane)
            {
                (low, high) = (Math.Min(low, pixel), Math.Max(high, pixel));
            }

            if (high <= low)
            {
                continue;
            }

            var scale = White / (double)(high - low);
            foreach (ref var pixel in plane)
            {
                pixel = Math.Clamp((int)((pixel * scale) - (low * scale)), 0, White);
            }
        }
    }

    /// <summary>Gives each channel a flat histogram, by PIL's integer steps; a channel of one value stays.</summary>
    public static void Equalize(ImageBuffer image)
    {
        Span<int> counts = stackalloc int[Levels];
        for (var channel = 0; channel < image.Channels; channel++)
        {
            var plane = image.Plane(channel);
            counts.Clear();
            foreach (var pixel in plane)
            {
                counts[(int)pixel]++;
            }

            var step = (plane.Length - counts[counts.LastIndexOfAnyExcept(0)]) / White;
            if (step == 0)
            {
                continue;
            }

            var below = step / 2;
            foreach (ref var count in counts)   // from counts to the new value of each level
            {
                (count, below) = (Math.Min(below / step, White), below + count);
            }

            foreach (ref var pixel in plane)
            {
                pixel = counts[(int)pixel];
            }
        }
    }
}
