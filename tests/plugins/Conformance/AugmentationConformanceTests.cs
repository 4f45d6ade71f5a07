using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>What every augmentation must do with its default options.</summary>
public sealed class AugmentationConformanceTests
{
    private static readonly DatasetInfo Data =
        new("conformance", DatasetSplit.Train, 64, [], 3, null, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25], "00000000", "memory");

    public static TheoryData<string> Augmentations => ConformanceHost.Names(PluginKind.Augmentation);

    [Theory, MemberData(nameof(Augmentations))]
    public void Apply_AnyImage_GivesThePromisedSizeAndFinitePixels(string name)
    {
        var augmentation = Create(name);
        for (var sample = 0; sample < 20; sample++)
        {
            var image = Picture(new(40 + sample, 37));
            var parameters = Draw(augmentation, image.Size, sample);
            var expected = augmentation.OutputSize(image.Size, parameters);

            augmentation.Apply(image, parameters);

            Assert.Equal(expected, image.Size);
            Assert.All(image.Pixels.ToArray(), pixel => Assert.True(float.IsFinite(pixel)));
        }
    }

    [Theory, MemberData(nameof(Augmentations))]
    public void Apply_SameParametersTwice_GivesTheSameBits(string name)
    {
        var augmentation = Create(name);
        var (first, second) = (Picture(new(41, 37)), Picture(new(41, 37)));
        var parameters = Draw(augmentation, first.Size, sample: 5);

        augmentation.Apply(first, parameters);
        augmentation.Apply(second, parameters);

        Assert.Equal(first.Pixels.ToArray(), second.Pixels.ToArray());
    }

    [Theory, MemberData(nameof(Augmentations))]
    public void Apply_FromManyThreads_KeepsNoState(string name)
    {
        var augmentation = Create(name);
        float[] Run(int sample)
        {
            var image = Picture(new(48, 48));
            augmentation.Apply(image, Draw(augmentation, image.Size, sample));

            return image.Pixels.ToArray();
        }

        var alone = Enumerable.Range(0, 16).Select(Run).ToList();
        var together = new float[16][];
        Parallel.For(0, 16, sample => together[sample] = Run(sample));

        Assert.Equal(alone, together);
    }

    [Theory, MemberData(nameof(Augmentations))]
    public void Reduce_CropOfASmallerImage_TakesTheSamePart(string name)
    {
        if (Create(name) is not IShrinkingCrop crop)
        {
            return;
        }

        for (var sample = 0; sample < 20; sample++)
        {
            var (whole, smaller) = (Ramp(new(1600, 2000), 1), Ramp(new(1600, 2000), 4));
            var parameters = Draw(crop, whole.Size, sample);
            var expected = crop.PixelsPerPixel(parameters);

            crop.Apply(whole, parameters);
            crop.Reduce(parameters, 4);
            crop.Apply(smaller, parameters);

            Assert.Equal(expected / 4, crop.PixelsPerPixel(parameters), 1e-6);
            Assert.Equal(whole.Size, smaller.Size);
            // windows are cut at the edges, by up to a pixel
            Assert.All(whole.Pixels.ToArray().Zip(smaller.Pixels.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 2e-3f));
        }
    }

    /// <summary>Rises evenly from the upper left to the lower right, the same however small it was decoded.</summary>
    private static ImageBuffer Ramp(ImageSize full, int reduction)
    {
        var image = new ImageBuffer();
        image.Resize(1, full.Height / reduction, full.Width / reduction);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = ((((i / image.Width) + 0.5f) / image.Height) + (((i % image.Width) + 0.5f) / image.Width)) / 2;
        }

        return image;
    }

    private static float[] Draw(IAugmentation augmentation, ImageSize size, int sample)
    {
        var parameters = new float[augmentation.ParameterCount];
        var random = new CounterRandom(seed: 1, epoch: 0, sample, view: 0);
        augmentation.Draw(ref random, size, parameters);

        return parameters;
    }

    private static ImageBuffer Picture(ImageSize size)
    {
        var image = new ImageBuffer();
        image.Resize(3, size.Height, size.Width);
        var random = new CounterRandom(seed: 2, epoch: 0, sample: 0, view: 0);
        foreach (ref var pixel in image.Pixels)
        {
            pixel = (float)random.NextDouble();
        }

        return image;
    }

    private static IAugmentation Create(string name) => PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Augmentation, name))
        .Create<IAugmentation>(ConformanceHost.Get<PluginFactory>(), Data, new RunInfo(Data, 32, 8, 8, 1, 0));
}
