using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Augmentations;

/// <summary>Images to test on, and steps run on them.</summary>
internal static class Images
{
    public static ImageBuffer Random(int channels, int height, int width, long seed = 1)
    {
        var random = new CounterRandom(seed, 0, 0, 0);
        var image = new ImageBuffer();
        image.Resize(channels, height, width);
        foreach (ref var pixel in image.Pixels)
        {
            pixel = random.NextInt(256) / 255f;
        }

        return image;
    }

    public static ImageBuffer Of(int channels, int height, int width, params ReadOnlySpan<float> pixels)
    {
        var image = new ImageBuffer();
        image.Resize(channels, height, width);
        pixels.CopyTo(image.Pixels);

        return image;
    }

    public static ImageBuffer Copy(this ImageBuffer image)
    {
        var copy = new ImageBuffer();
        copy.CopyFrom(image);

        return copy;
    }

    public static ImageBuffer Transpose(this ImageBuffer image)
    {
        var transposed = new ImageBuffer();
        transposed.Resize(image.Channels, image.Width, image.Height);
        for (var channel = 0; channel < image.Channels; channel++)
        {
            for (var y = 0; y < image.Height; y++)
            {
                for (var x = 0; x < image.Width; x++)
                {
                    transposed.Plane(channel)[(x * image.Height) + y] = image.Plane(channel)[(y * image.Width) + x];
                }
            }
        }

        return transposed;
    }

    /// <summary>Draws for (seed, view) and applies.</summary>
    public static float[] DrawAndApply(this IAugmentation augmentation, ImageBuffer image, long seed, int view = 0)
    {
        var parameters = augmentation.Draw(image.Size, seed, view);
        augmentation.Apply(image, parameters);

        return parameters;
    }

    public static float[] Draw(this IAugmentation augmentation, ImageSize size, long seed, int view = 0)
    {
        var random = new CounterRandom(seed, 0, 0, view);
        var parameters = new float[augmentation.ParameterCount];
        augmentation.Draw(ref random, size, parameters);

        return parameters;
    }
}
