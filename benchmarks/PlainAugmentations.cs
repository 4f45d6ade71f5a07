using Parallax.Contracts;

namespace Parallax.Benchmarks;

/// <summary>The augmentations of MoCo v2 as their definitions read: the yardstick of <see cref="Augmentations"/>.</summary>
internal static class PlainAugmentations
{
    public static void Crop(ImageBuffer image, float[] box, int size)
    {
        var (top, left, height, width) = ((int)box[0], (int)box[1], (int)box[2], (int)box[3]);
        var columns = new float[3, height, size];
        var target = image.Back(3, size, size);
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = image.Plane(channel);
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < size; x++)
                {
                    var (sum, total) = (0f, 0f);
                    var (start, end) = Window(x, width, size);
                    for (var i = start; i < end; i++)
                    {
                        var weight = Weight(i, x, width, size);
                        sum += weight * plane[((top + y) * image.Width) + left + i];
                        total += weight;
                    }

                    columns[channel, y, x] = sum / total;
                }
            }

            for (var y = 0; y < size; y++)
            {
                for (var x = 0; x < size; x++)
                {
                    var (sum, total) = (0f, 0f);
                    var (start, end) = Window(y, height, size);
                    for (var i = start; i < end; i++)
                    {
                        var weight = Weight(i, y, height, size);
                        sum += weight * columns[channel, i, x];
                        total += weight;
                    }

                    target[(((channel * size) + y) * size) + x] = sum / total;
                }
            }
        }

        image.SwapBack();
    }

    public static void Jitter(ImageBuffer image, float[] row)
    {
        foreach (var operation in row[..4])
        {
            var factor = row[4 + (int)operation];
            var count = image.Height * image.Width;
            var mean = 0f;
            for (var i = 0; i < count; i++)
            {
                mean += Grey(image, i) / count;
            }

            for (var i = 0; i < count; i++)
            {
                var grey = Grey(image, i);
                if (operation == 3)
                {
                    TurnHue(image, i, factor);
                    continue;
                }

                var other = operation switch { 0 => 0, 1 => mean, _ => grey };
                for (var channel = 0; channel < 3; channel++)
                {
                    ref var value = ref image.Plane(channel)[i];
                    value = Math.Clamp((factor * value) + ((1 - factor) * other), 0, 1);
                }
            }
        }
    }

    public static void Grayscale(ImageBuffer image, float applied)
    {
        for (var i = 0; applied != 0 && i < image.Height * image.Width; i++)
        {
            var grey = Grey(image, i);
            image.Plane(0)[i] = image.Plane(1)[i] = image.Plane(2)[i] = grey;
        }
    }

    public static void Blur(ImageBuffer image, float sigma)
    {
        if (sigma == 0)
        {
            return;
        }

        var radius = (int)Math.Ceiling(3 * sigma);
        float[] kernel = [.. Enumerable.Range(-radius, (2 * radius) + 1).Select(i => MathF.Exp(-0.5f * i * i / (sigma * sigma)))];
        var total = kernel.Sum();
        var (height, width) = (image.Height, image.Width);
        foreach (var vertical in new[] { true, false })
        {
            var target = image.Back(3, height, width);
            for (var channel = 0; channel < 3; channel++)
            {
                for (var y = 0; y < height; y++)
                {
                    for (var x = 0; x < width; x++)
                    {
                        var sum = 0f;
                        for (var i = -radius; i <= radius; i++)
                        {
                            var (row, column) = vertical ? (Mirror(y + i, height), x) : (y, Mirror(x + i, width));
                            sum += kernel[i + radius] / total * image.Plane(channel)[(row * width) + column];
                        }

                        target[(((channel * height) + y) * width) + x] = sum;
                    }
                }
            }

            image.SwapBack();
        }
    }

    public static void Flip(ImageBuffer image, float applied)
    {
        for (var row = 0; applied != 0 && row < 3 * image.Height; row++)
        {
            image.Pixels.Slice(row * image.Width, image.Width).Reverse();
        }
    }

    public static void Normalize(ImageBuffer image, float[] mean, float[] std)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            foreach (ref var value in image.Plane(channel))
            {
                value = (value - mean[channel]) / std[channel];
            }
        }
    }

    private static void TurnHue(ImageBuffer image, int i, float turn)
    {
        var (r, g, b) = (image.Plane(0)[i], image.Plane(1)[i], image.Plane(2)[i]);
        var value = Math.Max(r, Math.Max(g, b));
        var chroma = value - Math.Min(r, Math.Min(g, b));
        var hue = chroma == 0 ? 0 : value == r ? (g - b) / chroma : value == g ? 2 + ((b - r) / chroma) : 4 + ((r - g) / chroma);
        for (var channel = 0; channel < 3; channel++)
        {
            var k = (5 - (2 * channel) + hue + (6 * turn) + 12) % 6;
            image.Plane(channel)[i] = value - (chroma * Math.Clamp(Math.Min(k, 4 - k), 0, 1));
        }
    }

    private static float Grey(ImageBuffer image, int i) => (0.2989f * image.Plane(0)[i]) + (0.587f * image.Plane(1)[i]) + (0.114f * image.Plane(2)[i]);

    private static (int Start, int End) Window(int position, int input, int output)
    {
        var scale = (float)input / output;
        var (center, support) = (scale * (position + 0.5f), Math.Max(scale, 1));

        return (Math.Max(0, (int)(center - support + 0.5f)), Math.Min(input, (int)(center + support + 0.5f)));
    }

    private static float Weight(int pixel, int position, int input, int output)
    {
        var scale = (float)input / output;

        return Math.Max(0, 1 - (Math.Abs(pixel + 0.5f - (scale * (position + 0.5f))) / Math.Max(scale, 1)));
    }

    private static int Mirror(int index, int length) => index < 0 ? -index : index >= length ? (2 * (length - 1)) - index : index;
}
