using Parallax.Benchmarks.Gate;
using Parallax.Contracts;
using Parallax.Host.Images;
using SkiaSharp;

namespace Parallax.Benchmarks.Critical;

/// <summary>From a file to the pixels of a view.</summary>
internal static class InputMeasurements
{
    public static IReadOnlyList<Measurement> All { get; } =
    [
        new("augmentations/moco-v2-224-pixels", () => View(224)),
        new("augmentations/moco-v2-32-pixels", () => View(32)),
        new("input/decode-jpeg-375x500", () => Decode(375, 500)),
        new("input/batch-of-16", Batch),
    ];

    private static Work View(int size)
    {
        var augmentations = new Augmentations { Size = size };
        augmentations.Setup();

        return new(() => augmentations.Plugins(), () => augmentations.Plain());
    }

    /// <summary>Peer: the same library, and a loop over its pixels.</summary>
    private static Work Decode(int height, int width)
    {
        var file = Photograph(height, width);
        var (decoder, image, planes) = (new ImageDecoder(), new ImageBuffer(), new float[3 * height * width]);

        return new(() => decoder.Decode(file, image), () => DecodePlainly(file, planes));
    }

    /// <summary>Two views each of 16 pictures of 32 pixels, as training reads them; peer: as many views written plainly.</summary>
    private static Work Batch()
    {
        const int images = 16;
        var session = BenchmarkHost.Session(
            "{data: {name: shapes, count: 64, testCount: 32}, method: {name: moco-v2, queueSize: 64}, backbone: {name: resnet20}, "
                + "trainer: {batchSize: 16, threads: 1, workers: 1, device: cpu}}");
        var plain = new Augmentations { Size = 32 };
        plain.Setup();

        return new(() => session.Loader.Peek(epoch: 0, images), () => Repeat(2 * images, plain.Plain), session);
    }

    private static void Repeat(int times, Func<float> work)
    {
        for (var i = 0; i < times; i++)
        {
            _ = work();
        }
    }

    private static void DecodePlainly(byte[] file, float[] planes)
    {
        using var bitmap = SKBitmap.Decode(file);
        var place = 0;
        for (var channel = 0; channel < 3; channel++)
        {
            for (var y = 0; y < bitmap.Height; y++)
            {
                for (var x = 0; x < bitmap.Width; x++)
                {
                    var pixel = bitmap.GetPixel(x, y);
                    planes[place++] = (channel == 0 ? pixel.Red : channel == 1 ? pixel.Green : pixel.Blue) / 255f;
                }
            }
        }
    }

    /// <summary>A JPEG of smooth colours with a little noise: the same bytes each time.</summary>
    private static byte[] Photograph(int height, int width)
    {
        const int quality = 90;
        var random = new CounterRandom(1, 0, 0, 0);
        using var bitmap = new SKBitmap(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var noise = random.NextInt(32);
                bitmap.SetPixel(x, y, new((byte)((255 * x / width / 2) + noise), (byte)((255 * y / height / 2) + noise), (byte)(100 + noise)));
            }
        }

        return bitmap.Encode(SKEncodedImageFormat.Jpeg, quality).ToArray();
    }
}
