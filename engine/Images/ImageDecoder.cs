namespace Parallax.Engine;

/// <summary>Gives room for the pixels of an image once its size is known.</summary>
/// <typeparam name="TState">What the caller passes through.</typeparam>
/// <param name="state">The caller's object.</param>
/// <param name="channels">Planes.</param>
/// <param name="height">Rows.</param>
/// <param name="width">Columns.</param>
/// <returns>Memory for channels * height * width floats.</returns>
public delegate Span<float> PixelAllocator<in TState>(TState state, int channels, int height, int width);

/// <summary>Decodes JPEG (libjpeg-turbo) and PNG (libspng), told apart by their first bytes, into planes of float32 in [0, 1].</summary>
/// <remarks>
/// <para>Thread-safe: each thread has a native decoder whose buffers are reused, and nothing is allocated per image.</para>
/// <para>JPEG: grey, YCbCr, RGB, CMYK and YCCK (taken as Adobe's inverted kind, as Pillow does); full-size pixels equal Pillow's bit for bit. A file that is cut short or has
/// damaged entropy-coded data is an error, never filled with grey. The EXIF orientation is ignored, as torchvision's default loader ignores it.</para>
/// <para>PNG: all types and depths; 16-bit samples keep their precision. Transparency is dropped and the stored colours are used, as Pillow's <c>convert("RGB")</c> does.</para>
/// </remarks>
public sealed class ImageDecoder
{
    [ThreadStatic]
    private static ImageDecoderHandle? _ofThread;

    private static ImageDecoderHandle OfThread => _ofThread ??= ImageDecoderHandle.Create();

    /// <summary>Reads height and width from the header.</summary>
    /// <param name="file">A JPEG or PNG file, or at least its header.</param>
    /// <exception cref="ImageFormatException">The bytes are no JPEG or PNG, or the header is damaged.</exception>
    public unsafe (int Height, int Width) ReadSize(ReadOnlySpan<byte> file)
    {
        var decoder = OfThread;
        fixed (byte* bytes = file)
        {
            return decoder.Begin(bytes, file.Length, 0, out var height, out var width) ? (height, width) : throw new ImageFormatException(decoder.Error());
        }
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="file">A whole JPEG or PNG file.</param>
    /// <param name="channels">3 for RGB (grey files are repeated), 1 for grey (ITU-R 601 luma of colour files).</param>
    /// <param name="smallestSide">A JPEG is decoded by 8, 4 or 2 smaller when its shorter side stays at or above this; 0 means full size.</param>
    /// <param name="state">Passed to <paramref name="allocate"/>.</param>
    /// <param name="allocate">Gives the memory that receives [channels, H, W].</param>
    /// <exception cref="ImageFormatException">The bytes are no JPEG or PNG, or damaged, or cut short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The channels are neither 1 nor 3, or the smallest side is negative.</exception>
    public unsafe void Decode<TState>(ReadOnlySpan<byte> file, int channels, int smallestSide, TState state, PixelAllocator<TState> allocate)
    {
        ArgumentNullException.ThrowIfNull(allocate);
        ArgumentOutOfRangeException.ThrowIfNegative(smallestSide);
        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "Images are decoded to 1 (grey) or 3 (RGB) channels.");
        }

        var decoder = OfThread;
        fixed (byte* bytes = file)
        {
            if (!decoder.Begin(bytes, file.Length, smallestSide, out var height, out var width))
            {
                throw new ImageFormatException(decoder.Error());
            }

            var pixels = allocate(state, channels, height, width);
            if (pixels.Length != channels * height * width)
            {
                throw new ArgumentException($"The image needs {channels}x{height}x{width} floats, but room for {pixels.Length} was given.", nameof(allocate));
            }

            fixed (float* planes = pixels)
            {
                if (!decoder.Finish(channels, planes))
                {
                    throw new ImageFormatException(decoder.Error());
                }
            }
        }
    }
}
