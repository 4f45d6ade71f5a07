using System.Numerics;

namespace Parallax.Contracts;

/// <summary>Height and width of an image in pixels.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct ImageSize(int Height, int Width)
{
    /// <summary>Width x height, as users write it.</summary>
    public override string ToString() => $"{Width}x{Height}";
}

/// <summary>
/// One image as planes of float32 in [0, 1]: [C, H, W], row by row. A worker reuses one buffer for all its images; nothing is allocated once it has grown.
/// </summary>
/// <remarks>Not thread-safe: each worker has its own. Pixels after <see cref="Resize"/> and in <see cref="Back"/> are undefined.</remarks>
public sealed class ImageBuffer
{
    private float[] _front = [], _back = [], _scratch = [];
    private int _backHeight, _backWidth, _backChannels;

    /// <summary>Planes: 3 for RGB, 1 for grey.</summary>
    public int Channels { get; private set; }

    /// <summary>Rows.</summary>
    public int Height { get; private set; }

    /// <summary>Columns.</summary>
    public int Width { get; private set; }

    /// <summary>Height and width.</summary>
    public ImageSize Size => new(Height, Width);

    /// <summary>Size that the image has in its file: set by whoever decodes it smaller, by 2, 4 or 8. Every new shape sets it back to
    /// <see cref="Size"/>.</summary>
    public ImageSize FullSize { get; set; }

    /// <summary>All planes, [C, H, W].</summary>
    public Span<float> Pixels => _front.AsSpan(0, Channels * Height * Width);

    /// <summary>One plane, [H, W].</summary>
    /// <param name="channel">0 to <see cref="Channels"/> - 1.</param>
    public Span<float> Plane(int channel) => _front.AsSpan(channel * Height * Width, Height * Width);

    /// <summary>Gives the image a new shape; the pixels are undefined afterwards.</summary>
    public void Resize(int channels, int height, int width)
    {
        Grow(ref _front, channels, height, width);
        (Channels, Height, Width, FullSize) = (channels, height, width, new(height, width));
    }

    /// <summary>A second image of the given shape to write into while reading this one; <see cref="SwapBack"/> makes it the image.</summary>
    public Span<float> Back(int channels, int height, int width)
    {
        Grow(ref _back, channels, height, width);
        (_backChannels, _backHeight, _backWidth) = (channels, height, width);

        return _back.AsSpan(0, channels * height * width);
    }

    /// <summary>Makes what was written to <see cref="Back"/> the image.</summary>
    public void SwapBack()
    {
        (_front, _back) = (_back, _front);
        (Channels, Height, Width, FullSize) = (_backChannels, _backHeight, _backWidth, new(_backHeight, _backWidth));
    }

    /// <summary>Working memory for an operation, contents undefined, valid until the next call.</summary>
    /// <param name="length">Number of floats.</param>
    public Span<float> Scratch(int length)
    {
        if (_scratch.Length < length)
        {
            _scratch = new float[length];
        }

        return _scratch.AsSpan(0, length);
    }

    /// <summary>Sets all pixels from bytes in the same order: a byte of 255 is 1.</summary>
    /// <param name="bytes">One for each pixel and channel.</param>
    /// <exception cref="ArgumentException">They are more or fewer.</exception>
    public void ReadBytes(ReadOnlySpan<byte> bytes)
    {
        const float white = 255;   // divided by, because x * (1 / 255) rounds differently
        var pixels = Pixels;
        RequireLength(bytes.Length, pixels.Length);
        var (at, lanes) = (0, Vector<float>.Count);
        for (; at <= bytes.Length - (4 * lanes); at += 4 * lanes)
        {
            Vector.Widen(new Vector<byte>(bytes[at..]), out var low, out var high);
            Vector.Widen(low, out var first, out var second);
            Vector.Widen(high, out var third, out var fourth);
            (Vector.ConvertToSingle(Vector.AsVectorInt32(first)) / new Vector<float>(white)).CopyTo(pixels[at..]);
            (Vector.ConvertToSingle(Vector.AsVectorInt32(second)) / new Vector<float>(white)).CopyTo(pixels[(at + lanes)..]);
            (Vector.ConvertToSingle(Vector.AsVectorInt32(third)) / new Vector<float>(white)).CopyTo(pixels[(at + (2 * lanes))..]);
            (Vector.ConvertToSingle(Vector.AsVectorInt32(fourth)) / new Vector<float>(white)).CopyTo(pixels[(at + (3 * lanes))..]);
        }

        for (; at < bytes.Length; at++)
        {
            pixels[at] = bytes[at] / white;
        }
    }

    /// <summary>Writes all pixels as bytes, rounded to the nearest.</summary>
    /// <param name="bytes">Receives one for each pixel and channel.</param>
    /// <exception cref="ArgumentException">They are more or fewer.</exception>
    public void WriteBytes(Span<byte> bytes)
    {
        var pixels = Pixels;
        RequireLength(bytes.Length, pixels.Length);
        for (var at = 0; at < pixels.Length; at++)
        {
            bytes[at] = (byte)((Math.Clamp(pixels[at], 0f, 1f) * byte.MaxValue) + 0.5f);
        }
    }

    /// <summary>Makes this a copy of another image.</summary>
    public void CopyFrom(ImageBuffer other)
    {
        Resize(other.Channels, other.Height, other.Width);
        other.Pixels.CopyTo(Pixels);
        FullSize = other.FullSize;
    }

    private void RequireLength(int bytes, int pixels)
    {
        if (bytes != pixels)
        {
            throw new ArgumentException($"{bytes} bytes were given for {Channels}x{Size} pixels.", nameof(bytes));
        }
    }

    private static void Grow(ref float[] storage, int channels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        var length = checked(channels * height * width);
        if (storage.Length < length)
        {
            storage = new float[length];
        }
    }
}
