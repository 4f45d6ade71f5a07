using Parallax.Contracts;

namespace Parallax.Host.Tests.Data;

/// <summary>Images whose every pixel is index / count; some cannot be read.</summary>
internal sealed class FakeDataset(int count, params long[] corrupt) : IImageDataset
{
    public ImageSize Size { get; init; } = new(4, 4);

    /// <summary>Sizes that change from image to image, from the index.</summary>
    public Func<long, ImageSize>? SizeOf { get; init; }

    public DatasetSplit Split { get; init; }

    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Called when an image is read, by whoever reads it.</summary>
    public Action<long>? OnRead { get; init; }

    /// <summary>What the last reader answered for the size of its image.</summary>
    public int? LastSmallestSide { get; private set; }

    public DatasetInfo Info =>
        new("fake", Split, count, ["even", "odd"], 3, SizeOf is null ? Size : null, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25], "00000000", "memory")
        {
            LeftOut = LeftOut,
        };

    public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null)
    {
        OnRead?.Invoke(index);
        if (corrupt.Contains(index))
        {
            throw new CorruptSampleException($"image-{index}.jpg", "is cut short");
        }

        var size = SizeOf?.Invoke(index) ?? Size;
        LastSmallestSide = smallestSide?.Invoke(size);
        image.Resize(3, size.Height, size.Width);
        image.Pixels.Fill(index / (float)count);
    }

    public int Label(long index) => (int)(index % 2);

    public void Dispose()
    {
    }
}

/// <summary>Adds a random number to all pixels.</summary>
internal sealed class AddNoise : IAugmentation
{
    public int ParameterCount => 1;

    public bool DrawsPerFrame { get; init; }

    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters) => parameters[0] = (float)random.NextDouble();

    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        foreach (ref var pixel in image.Pixels)
        {
            pixel += parameters[0];
        }
    }
}

/// <summary>Takes the upper left corner.</summary>
internal sealed class TakeCorner(int side) : IAugmentation
{
    public int ParameterCount => 0;

    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
    }

    public ImageSize OutputSize(ImageSize input, ReadOnlySpan<float> parameters) => new(side, side);

    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        var value = image.Pixels[0];
        image.Resize(image.Channels, side, side);
        image.Pixels.Fill(value);
    }
}
