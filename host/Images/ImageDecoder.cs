using System.Buffers;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace Parallax.Host.Images;

/// <summary>Decodes JPEG, PNG, WebP, GIF and BMP files, told apart by their first bytes, into planes of float32 in [0, 1].</summary>
/// <remarks>
/// <para>By SkiaSharp (libjpeg-turbo, libpng, libwebp); pixels of JPEG by the system's libjpeg-turbo where it is installed, which is faster.
/// Thread-safe; per image a few hundred bytes are allocated, and the pixels pass through a pooled buffer.</para>
/// <para>Pixels equal what Pillow's <c>convert("RGB")</c> gives: stored colours are taken as they are, whatever colour profile the file names; transparency is
/// dropped and the colours under it are used. CMYK and YCCK JPEG are taken as Adobe's inverted kind. Two things differ from Pillow: 16-bit PNG files keep 11
/// bits instead of 8, and where a GIF is transparent it is black.</para>
/// <para>The EXIF orientation of JPEG and WebP files is applied. A file that is cut short is an error, never filled with grey; wrong bits inside a complete
/// JPEG cannot be noticed. A PNG file all of whose pixels are there is read, as Pillow does, whatever is wrong with its end or its palette.</para>
/// </remarks>
public sealed class ImageDecoder : IImageDecoder
{
    /// <summary>Above this many pixels a file is taken for damaged or malicious rather than believed, as Pillow does; they are 2 GiB of float32 RGB.</summary>
    private const long MostPixels = 178_956_970;

    private const int MostReduction = 8;   // of libjpeg

    private readonly bool _usesSystem;

    /// <summary>Decodes JPEG by the system's library where it is installed.</summary>
    public ImageDecoder()
        : this(usesSystem: true)
    {
    }

    /// <summary>Decodes JPEG as is asked for.</summary>
    /// <param name="usesSystem">False takes SkiaSharp also where the system's library is installed.</param>
    internal ImageDecoder(bool usesSystem) => _usesSystem = usesSystem;

    /// <inheritdoc/>
    public ImageSize ReadSize(ReadOnlySpan<byte> file)
    {
        var format = ImageFormat.Of(file);
        try
        {
            return ReadSize(file, format);
        }
        catch (CorruptSampleException) when (format == SKEncodedImageFormat.Png)
        {
            if (PngRepair.Mend(file) is { } mended)
            {
                return ReadSize(mended, format);
            }

            throw;
        }
    }

    private static unsafe ImageSize ReadSize(ReadOnlySpan<byte> file, SKEncodedImageFormat format)
    {
        fixed (byte* bytes = file)
        {
            using var data = SKData.Create((nint)bytes, file.Length);
            using var codec = Open(data, format);

            return Upright.Of(codec.EncodedOrigin, Stored(codec)).Size;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The channels are neither 1 nor 3.</exception>
    public void Decode(ReadOnlySpan<byte> file, ImageBuffer image, int channels = 3, SmallestSide? smallestSide = null)
    {
        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "Images are decoded to 1 (grey) or 3 (RGB) channels.");
        }

        var format = ImageFormat.Of(file);
        try
        {
            Decode(file, format, image, channels, smallestSide);
        }
        catch (CorruptSampleException) when (format == SKEncodedImageFormat.Png)
        {
            if (!TryMended(file, image, channels, smallestSide))
            {
                throw;   // what is wrong with the file itself
            }
        }
    }

    private bool TryMended(ReadOnlySpan<byte> file, ImageBuffer image, int channels, SmallestSide? smallestSide)
    {
        if (PngRepair.Mend(file) is not { } mended)
        {
            return false;
        }

        try
        {
            Decode(mended, SKEncodedImageFormat.Png, image, channels, smallestSide);

            return true;
        }
        catch (CorruptSampleException)
        {
            return false;
        }
    }

    private unsafe void Decode(ReadOnlySpan<byte> file, SKEncodedImageFormat format, ImageBuffer image, int channels, SmallestSide? smallestSide)
    {
        if (ImageFormat.IsCutShort(format, file))
        {
            throw Fault(format, "is cut short");
        }

        fixed (byte* bytes = file)
        {
            using var data = SKData.Create((nint)bytes, file.Length);
            using var codec = Open(data, format);
            var full = Upright.Of(codec.EncodedOrigin, Stored(codec)).Size;
            var stored = Reduced(codec, format, smallestSide?.Invoke(full) ?? 0);
            var upright = Upright.Of(codec.EncodedOrigin, stored);
            image.Resize(channels, upright.Size.Height, upright.Size.Width);
            image.FullSize = full;
            if (format == SKEncodedImageFormat.Png && IsDeep(file))
            {
                Decode<ulong, RgbaHalfPixels>(file, codec, SKColorType.RgbaF16, stored, upright, image);
            }
            else
            {
                Decode<uint, Rgba8Pixels>(file, codec, SKColorType.Rgba8888, stored, upright, image);
            }
        }
    }

    private static SKCodec Open(SKData data, SKEncodedImageFormat format)
    {
        var codec = SKCodec.Create(data) ?? throw Fault(format, "has a header that is damaged or cut short");
        var info = codec.Info;
        if ((long)info.Width * info.Height <= MostPixels)
        {
            return codec;
        }

        codec.Dispose();
        throw Fault(format, $"claims {info.Width} x {info.Height} pixels, more than the {MostPixels} that are believed");
    }

    private static ImageSize Stored(SKCodec codec) => new(codec.Info.Height, codec.Info.Width);

    /// <summary>Only libjpeg shrinks for less work; of each 8 x 8 block it computes fewer pixels.</summary>
    private static ImageSize Reduced(SKCodec codec, SKEncodedImageFormat format, int smallestSide)
    {
        var stored = Stored(codec);
        var reduction = format == SKEncodedImageFormat.Jpeg && smallestSide > 0 ? MostReduction : 1;
        while (reduction > 1 && (Math.Min(stored.Height, stored.Width) + reduction - 1) / reduction < smallestSide)
        {
            reduction /= 2;
        }

        if (reduction == 1)
        {
            return stored;
        }

        var size = codec.GetScaledDimensions(1f / reduction);

        return new(size.Height, size.Width);
    }

    private static bool IsDeep(ReadOnlySpan<byte> png)
    {
        const int bitsPerSample = 24;   // where the first chunk has it

        return png[bitsPerSample] == 16;
    }

    private unsafe void Decode<TPixel, TFormat>(
        ReadOnlySpan<byte> file, SKCodec codec, SKColorType type, ImageSize stored, Upright upright, ImageBuffer image)
        where TPixel : unmanaged
        where TFormat : IPixelFormat<TPixel>
    {
        var count = stored.Height * stored.Width;
        var rented = ArrayPool<byte>.Shared.Rent((count + upright.Size.Width) * sizeof(TPixel));   // and one row
        try
        {
            // Without a colour space nothing is converted; not premultiplied, because the colours under transparency shall stay.
            var opacity = codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
            var wanted = new SKImageInfo(stored.Width, stored.Height, type, opacity);
            if (codec.EncodedFormat != SKEncodedImageFormat.Jpeg || !_usesSystem || !TurboJpeg.TryDecode(file, stored, rented))
            {
                fixed (byte* memory = rented)
                {
                    Check(codec.GetPixels(wanted, (nint)memory), codec.EncodedFormat);
                }
            }

            var pixels = MemoryMarshal.Cast<byte, TPixel>(rented.AsSpan());
            Planes.Write<TPixel, TFormat>(pixels[..count], upright, pixels.Slice(count, upright.Size.Width), image);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void Check(SKCodecResult result, SKEncodedImageFormat format)
    {
        switch (result)
        {
            case SKCodecResult.Success:
                return;
            case SKCodecResult.IncompleteInput:
                throw Fault(format, "is cut short");
            case SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput:
                throw Fault(format, "is damaged");
            default:
                throw Fault(format, $"cannot be decoded ({result})");
        }
    }

    private static CorruptSampleException Fault(SKEncodedImageFormat format, string what) => ImageFormat.Fault($"the {ImageFormat.NameOf(format)} file {what}");
}
