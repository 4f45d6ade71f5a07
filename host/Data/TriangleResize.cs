namespace Parallax.Host.Data;

/// <summary>Bilinear resizing with a filter that widens when shrinking, as Pillow and torchvision's <c>antialias=True</c> do it.</summary>
internal static class TriangleResize
{
    /// <summary>Resizes in place.</summary>
    public static void Apply(ImageBuffer image, ImageSize size)
    {
        if (image.Width != size.Width)
        {
            Horizontal(image, size.Width);
        }

        if (image.Height != size.Height)
        {
            Vertical(image, size.Height);
        }
    }

    private static void Horizontal(ImageBuffer image, int width)
    {
        var (channels, height, from) = (image.Channels, image.Height, image.Width);
        var target = image.Back(channels, height, width);
        var source = image.Pixels;
        var weights = image.Scratch(MostTaps(from, width));
        for (var x = 0; x < width; x++)
        {
            var (first, count) = Taps(x, from, width, weights);
            for (var row = 0; row < channels * height; row++)
            {
                var sum = 0f;
                for (var tap = 0; tap < count; tap++)
                {
                    sum += weights[tap] * source[(row * from) + first + tap];
                }

                target[(row * width) + x] = sum;
            }
        }

        image.SwapBack();
    }

    private static void Vertical(ImageBuffer image, int height)
    {
        var (channels, from, width) = (image.Channels, image.Height, image.Width);
        var target = image.Back(channels, height, width);
        var source = image.Pixels;
        var weights = image.Scratch(MostTaps(from, height));
        target.Clear();
        for (var y = 0; y < height; y++)
        {
            var (first, count) = Taps(y, from, height, weights);
            for (var channel = 0; channel < channels; channel++)
            {
                var row = target.Slice(((channel * height) + y) * width, width);
                for (var tap = 0; tap < count; tap++)
                {
                    var above = source.Slice(((channel * from) + first + tap) * width, width);
                    for (var x = 0; x < width; x++)
                    {
                        row[x] += weights[tap] * above[x];
                    }
                }
            }
        }

        image.SwapBack();
    }

    private static int MostTaps(int from, int to) => (2 * (int)Math.Ceiling(Math.Max(1.0, (double)from / to))) + 2;

    /// <summary>The source pixels that one target pixel averages, with weights that sum to 1.</summary>
    private static (int First, int Count) Taps(int place, int from, int to, Span<float> weights)
    {
        var scale = (double)from / to;
        var radius = Math.Max(1.0, scale);
        var centre = (place + 0.5) * scale;
        var first = Math.Max(0, (int)(centre - radius + 0.5));
        var count = Math.Min(from, (int)(centre + radius + 0.5)) - first;
        var total = 0.0;
        for (var tap = 0; tap < count; tap++)
        {
            var weight = Math.Max(0.0, 1.0 - Math.Abs((first + tap + 0.5 - centre) / radius));
            weights[tap] = (float)weight;
            total += weight;
        }

        for (var tap = 0; tap < count; tap++)
        {
            weights[tap] = (float)(weights[tap] / total);
        }

        return (first, count);
    }
}
