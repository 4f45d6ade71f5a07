using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

/// <summary>Images are decoded as small as the crops of all views allow, and the views do not change by it.</summary>
public sealed class SmallerDecodingTests
{
    private const int Height = 64, Width = 96;
    private static readonly LoaderSettings Settings = new(BatchSize: 8) { Seed = 7, Workers = 2, Epochs = 2 };

    [Fact]
    public void Epoch_CropThatShrinksALot_AsksForASmallerImage()
    {
        var data = new RampDataset(16);

        _ = Views(data, [[new SquareCrop(side: 8, shortest: 64)]], Settings);   // 8 pixels become one, and two are left for the resize

        Assert.All(data.Asked, asked => Assert.Equal(16, asked));
        Assert.All(data.Made, size => Assert.Equal(new ImageSize(16, 24), size));
        Assert.Equal(33, data.Made.Count);   // two epochs and the first look
    }

    [Theory]
    [InlineData(16, 32)]   // 4 become one
    [InlineData(17, 0)]    // a little less, and by 2 would leave less than two
    [InlineData(64, 0)]
    public void Epoch_TwoViews_TheFinestDecides(int side, int asked)
    {
        var data = new RampDataset(16);

        _ = Views(data, [[new SquareCrop(side: 4, shortest: 64)], [new SquareCrop(side, shortest: 64)]], Settings);

        Assert.All(data.Asked, got => Assert.Equal(asked, got));
    }

    [Fact]
    public void Epoch_OneViewBeginsOtherwise_DecodesAtFullSize()
    {
        var data = new RampDataset(16);

        _ = Views(data, [[new SquareCrop(4, 64)], [new AddNoise(), new SquareCrop(4, 64)]], Settings);

        Assert.Empty(data.Asked);
        Assert.All(data.Made, size => Assert.Equal(new ImageSize(Height, Width), size));
    }

    [Fact]
    public void Epoch_TurnedOff_DecodesAtFullSize()
    {
        var data = new RampDataset(16);

        _ = Views(data, [[new SquareCrop(4, 64)]], Settings with { DecodeSmaller = false });

        Assert.Empty(data.Asked);
    }

    [Fact]
    public void Epoch_Smaller_TakesTheSameParts()
    {
        IReadOnlyList<IReadOnlyList<IAugmentation>> views =
            [[new SquareCrop(4, shortest: 20), new AddNoise()], [new SquareCrop(3, shortest: 30), new AddNoise()]];
        var data = new RampDataset(40);

        var smaller = Views(data, views, Settings);
        var full = Views(new RampDataset(40), views, Settings with { DecodeSmaller = false });

        Assert.True(data.Made.Select(size => size.Height).Distinct().Count() >= 3, "by 2, by 4 and not at all were expected");
        Assert.Equal(full.Length, smaller.Length);
        Assert.All(full.Zip(smaller), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Epoch_AnyWorkersOrResumed_GivesTheSameBits(int workers)
    {
        IReadOnlyList<IReadOnlyList<IAugmentation>> views = [[new SquareCrop(4, shortest: 20)], [new SquareCrop(3, shortest: 30)]];
        var expected = Views(new RampDataset(40), views, Settings);

        var other = Views(new RampDataset(40), views, Settings with { Workers = workers });
        var resumed = Views(new RampDataset(40), views, Settings with { Workers = workers }, epoch: 1, firstImage: 3 * Settings.BatchSize);

        Assert.Equal(expected, other);
        Assert.Equal(expected[^resumed.Length..], resumed);
    }

    [Theory]
    [InlineData(100, 100, 1)]
    [InlineData(100, 50, 2)]
    [InlineData(101, 51, 2)]
    [InlineData(101, 26, 4)]
    [InlineData(101, 13, 8)]
    public void ReductionOf_Image_IsThatOfTheDecoder(int full, int height, int reduction)
    {
        var image = new ImageBuffer();
        image.Resize(1, height, 10);
        image.FullSize = new(full, 10 * reduction);

        Assert.Equal(reduction, SmallerDecoding.ReductionOf(image));
    }

    /// <summary>All pixels from a batch on, in order.</summary>
    private static float[] Views(
        RampDataset data, IReadOnlyList<IReadOnlyList<IAugmentation>> views, LoaderSettings settings, long epoch = 0, long firstImage = 0)
    {
        using var loader = new BatchLoader(data, views, settings, NullLogger.Instance);
        var pixels = new List<float>();
        for (; epoch < settings.Epochs; epoch++, firstImage = 0)
        {
            foreach (var batch in loader.Epoch(epoch, firstImage))
            {
                pixels.AddRange(Enumerable.Range(0, views.Count).SelectMany(view => batch.Pixels(view)));
            }
        }

        return [.. pixels];
    }

    /// <summary>Images that rise from left to right and from top to bottom, and can be decoded smaller like a JPEG.</summary>
    private sealed class RampDataset(int count) : IImageDataset
    {
        public ConcurrentBag<int> Asked { get; } = [];

        public ConcurrentBag<ImageSize> Made { get; } = [];

        public DatasetInfo Info => new("ramps", DatasetSplit.Train, count, [], 1, new(Height, Width), [0.5], [0.25], "00000000", "memory");

        public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
        {
            var full = new ImageSize(Height, Width);
            var asked = smallestSide?.Invoke(full) ?? 0;
            var reduction = asked == 0 ? 1 : new[] { 8, 4, 2, 1 }.First(by => by == 1 || Height / by >= asked);
            image.Resize(1, Height / reduction, Width / reduction);
            image.FullSize = full;
            for (var i = 0; i < image.Pixels.Length; i++)
            {
                var (y, x) = ((i / image.Width) + 0.5f, (i % image.Width) + 0.5f);
                image.Pixels[i] = (((y * reduction / Height) + (x * reduction / Width)) / 2) + (index / 100f);
            }

            Made.Add(image.Size);
            if (smallestSide is not null)
            {
                Asked.Add(asked);
            }
        }

        public int Label(long index) => -1;

        public void Dispose()
        {
        }
    }

    /// <summary>A square of random length and place, resized to the given side; exact on ramps.</summary>
    private sealed class SquareCrop(int side, int shortest) : IShrinkingCrop
    {
        public int ParameterCount => 3;

        public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
        {
            var length = shortest + random.NextInt(Math.Min(input.Height, input.Width) - shortest + 1);
            (parameters[0], parameters[1], parameters[2]) = (length, random.NextInt(input.Height - length + 1), random.NextInt(input.Width - length + 1));
        }

        public double PixelsPerPixel(ReadOnlySpan<float> parameters) => parameters[0] / side;

        public void Reduce(Span<float> parameters, int reduction)
        {
            foreach (ref var value in parameters)
            {
                value /= reduction;
            }
        }

        public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
        {
            var (length, top, left) = (parameters[0], parameters[1], parameters[2]);
            var (first, width) = (image.Pixels[0], image.Width);
            var (perRow, perColumn) = (image.Pixels[width] - first, image.Pixels[1] - first);
            image.Resize(1, side, side);
            for (var i = 0; i < image.Pixels.Length; i++)
            {
                var (y, x) = (top + (((i / side) + 0.5f) * length / side) - 0.5f, left + (((i % side) + 0.5f) * length / side) - 0.5f);
                image.Pixels[i] = first + (y * perRow) + (x * perColumn);
            }
        }
    }
}
