using SkiaSharp;

namespace Parallax.Host.Images;

/// <summary>Writes 8-bit PNG files: pictures of augmented views, curves.</summary>
public static class PngWriter
{
    private const int WithFiller = 4;   // bytes of an RGB pixel that the encoder takes

    /// <summary>Writes one image.</summary>
    /// <param name="target">Receives the file; stays open.</param>
    /// <param name="pixels">[height, width, channels], row by row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">1 for grey, 3 for RGB.</param>
    /// <exception cref="ArgumentException">The pixels do not fill the shape, or the channels are neither 1 nor 3.</exception>
    public static void Write(Stream target, ReadOnlySpan<byte> pixels, int height, int width, int channels)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (channels is not (1 or 3))
        {
            throw new ArgumentException($"A PNG is written with 1 (grey) or 3 (RGB) channels, not {channels}.", nameof(channels));
        }

        if (pixels.Length != (long)height * width * channels)
        {
            throw new ArgumentException($"{height}x{width}x{channels} needs {(long)height * width * channels} bytes, but {pixels.Length} were given.",
                nameof(pixels));
        }

        if (channels == 1)
        {
            Encode(target, pixels, new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
            return;
        }

        var filled = new byte[checked(height * width * WithFiller)];
        for (var (from, to) = (0, 0); from < pixels.Length; from += channels, to += WithFiller)
        {
            pixels.Slice(from, channels).CopyTo(filled.AsSpan(to));
        }

        Encode(target, filled, new SKImageInfo(width, height, SKColorType.Rgb888x, SKAlphaType.Opaque));
    }

    private static unsafe void Encode(Stream target, ReadOnlySpan<byte> pixels, SKImageInfo info)
    {
        fixed (byte* memory = pixels)
        {
            using var pixmap = new SKPixmap(info, (nint)memory);
            using var file = pixmap.Encode(SKPngEncoderOptions.Default)
                ?? throw new InvalidOperationException($"A picture of {info.Width} x {info.Height} pixels cannot be encoded as PNG.");
            file.SaveTo(target);
        }
    }
}
