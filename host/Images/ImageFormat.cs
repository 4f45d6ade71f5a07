using System.Buffers.Binary;
using SkiaSharp;

namespace Parallax.Host.Images;

/// <summary>What a file is by its first bytes, and whether its end is there.</summary>
internal static class ImageFormat
{
    private const int FirstLengths = 4;          // a segment's marker and length
    private const byte StartOfScan = 0xDA;
    private const int RiffHeader = 8;            // "RIFF" and the length of what follows

    private static ReadOnlySpan<byte> PngEnd => [(byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];   // an empty chunk's name and check sum

    private static ReadOnlySpan<byte> JpegEnd => [0xFF, 0xD9];

    /// <exception cref="CorruptSampleException">It is none of the formats that can be decoded.</exception>
    public static SKEncodedImageFormat Of(ReadOnlySpan<byte> file) => file switch
    {
        [] => throw Fault("the file is empty"),
        [0xFF, 0xD8, 0xFF, ..] => SKEncodedImageFormat.Jpeg,
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => SKEncodedImageFormat.Png,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => SKEncodedImageFormat.Webp,
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => SKEncodedImageFormat.Gif,
        [(byte)'B', (byte)'M', ..] => SKEncodedImageFormat.Bmp,
        _ => throw Fault("the file is no JPEG, PNG, WebP, GIF or BMP image"),
    };

    /// <summary>A file that cannot be decoded; whoever knows its name puts it in place of "image".</summary>
    public static CorruptSampleException Fault(string reason) => new("image", reason);

    /// <summary>As messages write it.</summary>
    public static string NameOf(SKEncodedImageFormat format) => format == SKEncodedImageFormat.Webp ? "WebP" : format.ToString().ToUpperInvariant();

    /// <summary>True when the mark at the file's end is missing. Decoders accept some such files: a progressive JPEG that stops between two scans, an animation
    /// that stops after its first frame.</summary>
    public static bool IsCutShort(SKEncodedImageFormat format, ReadOnlySpan<byte> file) => format switch
    {
        SKEncodedImageFormat.Jpeg => !ScanHasEnd(file),
        SKEncodedImageFormat.Png => file.LastIndexOf(PngEnd) < 0,
        SKEncodedImageFormat.Webp => file.Length - RiffHeader < BinaryPrimitives.ReadUInt32LittleEndian(file[4..]),
        _ => false,   // the decoder misses the rows itself
    };

    /// <summary>Looks for the end mark behind the header only: a preview inside the header has an end mark of its own. In the scans those two bytes mean
    /// nothing else.</summary>
    private static bool ScanHasEnd(ReadOnlySpan<byte> file)
    {
        for (var at = 2; at + FirstLengths <= file.Length;)
        {
            if (file[at] != 0xFF || file[at + 1] is 0xFF or 0)
            {
                at++;   // fill bytes, and strays between the segments, which are harmless and common
            }
            else if (file[at + 1] == StartOfScan)
            {
                return file[at..].LastIndexOf(JpegEnd) >= 0;
            }
            else
            {
                at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            }
        }

        return false;
    }
}
