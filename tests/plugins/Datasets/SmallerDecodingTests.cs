using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Data;
using Parallax.Host.Images;
using Parallax.Plugins.Augmentations;
using Parallax.Plugins.Datasets;
using SkiaSharp;

namespace Parallax.Plugins.Tests.Datasets;

/// <summary>From JPEG files to views: decoding smaller happens, and changes the views by less than the eye sees.</summary>
public sealed class SmallerDecodingTests : IDisposable
{
    // on average; measured: 0.20 / 255 of the drawn pictures, 0.12 / 255 of the photographs, where not all are decoded smaller
    private const double MostDifference = 0.5 / 255;

    private static readonly IReadOnlyList<IReadOnlyList<IAugmentation>> Views =
    [
        [new RandomResizedCrop(new() { Size = 32, ScaleMin = 0.2 }), new HorizontalFlip(new())],
        [new RandomResizedCrop(new() { Size = 24, ScaleMin = 0.1, Interpolation = Interpolation.Bicubic })],
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Epoch_LargeFiles_AreDecodedSmallerAndLookTheSame()
    {
        for (var i = 0; i < 16; i++)
        {
            _folder.Write($"train/a/{i:00}.jpg", Draw(640, 480, seed: i, SKEncodedImageFormat.Jpeg));
        }

        var (smaller, watched) = Load(_folder.Path, decodeSmaller: true);
        var (full, whole) = Load(_folder.Path, decodeSmaller: false);

        Assert.All(whole, size => Assert.Equal(new ImageSize(480, 640), size));
        Assert.Contains(new ImageSize(240, 320), watched);
        Assert.Contains(new ImageSize(120, 160), watched);
        Assert.InRange(full.Zip(smaller).Average(pair => Math.Abs(pair.First - pair.Second)), 0, MostDifference);
    }

    [Fact]
    public void Epoch_LargePngFiles_DoNotChange()
    {
        for (var i = 0; i < 8; i++)
        {
            _folder.Write($"train/a/{i:00}.png", Draw(320, 240, seed: i, SKEncodedImageFormat.Png));
        }

        Assert.Equal(Load(_folder.Path, decodeSmaller: false).Pixels, Load(_folder.Path, decodeSmaller: true).Pixels);
    }

    [Fact]
    public void Epoch_Photographs_LookTheSame()
    {
        var archive = RealData.Require("clothing10.tar");

        var (smaller, watched) = Load(archive, decodeSmaller: true, images: 400);
        var (full, _) = Load(archive, decodeSmaller: false, images: 400);

        Assert.InRange(watched.Count(size => Math.Min(size.Height, size.Width) < 160), 20, 400);
        Assert.InRange(full.Zip(smaller).Average(pair => Math.Abs(pair.First - pair.Second)), 0, MostDifference);
    }

    private static (float[] Pixels, ConcurrentBag<ImageSize> Sizes) Load(string path, bool decodeSmaller, int images = 8)
    {
        var decoder = new WatchedDecoder();
        using var data = new ImageFolderSource(new ImageFolderOptions { Path = path, Mean = [0.5, 0.5, 0.5], Std = [1, 1, 1] }, decoder)
            .Open(DatasetSplit.Train);
        var settings = new LoaderSettings(BatchSize: 8) { Seed = 3, Workers = 2, Epochs = 1, DecodeSmaller = decodeSmaller };
        using var loader = new BatchLoader(data, Views, settings, NullLogger.Instance);
        var pixels = new List<float>();
        foreach (var batch in loader.Epoch(0).Take(Math.Max(1, images / 8)))
        {
            pixels.AddRange([.. batch.Pixels(0), .. batch.Pixels(1)]);
        }

        return ([.. pixels], decoder.Sizes);
    }

    /// <summary>A picture with areas, edges and fine lines.</summary>
    private static byte[] Draw(int width, int height, int seed, SKEncodedImageFormat format)
    {
        var random = new CounterRandom(seed, epoch: 0, sample: 0, view: 0);
        using var bitmap = new SKBitmap(width, height);
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { IsAntialias = true };
        canvas.Clear(new SKColor(200, 180, 150));
        for (var i = 0; i < 60; i++)
        {
            paint.Color = new SKColor((random.NextUInt32() & 0xFFFFFF) | 0xFF000000);
            paint.Style = i % 3 == 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill;
            canvas.DrawCircle(random.NextInt(width), random.NextInt(height), 5 + random.NextInt(60), paint);
        }

        using var file = bitmap.Encode(format, quality: 85);

        return file.ToArray();
    }

    /// <summary>The host's decoder, noting how large its images are.</summary>
    private sealed class WatchedDecoder : IImageDecoder
    {
        private readonly ImageDecoder _decoder = new();

        public ConcurrentBag<ImageSize> Sizes { get; } = [];

        public ImageSize ReadSize(ReadOnlySpan<byte> file) => _decoder.ReadSize(file);

        public void Decode(ReadOnlySpan<byte> file, ImageBuffer image, int channels = 3, SmallestSide? smallestSide = null)
        {
            _decoder.Decode(file, image, channels, smallestSide);
            Sizes.Add(image.Size);
        }
    }
}
