using System.Buffers.Binary;
using System.IO.Compression;

namespace Parallax.Engine;

/// <summary>Writes 8-bit PNG files: pictures of augmented views, curves.</summary>
/// <remarks>PNG specification, third edition, https://www.w3.org/TR/png-3/. Rows use filter 2 (difference to the row above), which suits photographs and flat areas alike.</remarks>
public static class PngWriter
{
    private const byte FilterUp = 2;
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(i => CrcOf((uint)i))];

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

        if (pixels.Length != height * width * channels)
        {
            throw new ArgumentException($"{height}x{width}x{channels} needs {height * width * channels} bytes, but {pixels.Length} were given.", nameof(pixels));
        }

        target.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;                                    // bits per sample
        header[9] = (byte)(channels == 1 ? 0 : 2);        // grey or true colour
        WriteChunk(target, "IHDR"u8, header);
        WriteChunk(target, "IDAT"u8, Compress(pixels, height, width * channels));
        WriteChunk(target, "IEND"u8, []);
    }

    private static ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> pixels, int height, int rowLength)
    {
        var compressed = new MemoryStream();
        var filtered = new byte[rowLength + 1];
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var row = 0; row < height; row++)
            {
                filtered[0] = FilterUp;
                for (var i = 0; i < rowLength; i++)
                {
                    var above = row == 0 ? 0 : pixels[((row - 1) * rowLength) + i];
                    filtered[i + 1] = (byte)(pixels[(row * rowLength) + i] - above);
                }

                zlib.Write(filtered);
            }
        }

        return compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
    }

    private static void WriteChunk(Stream target, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        target.Write(number);
        target.Write(type);
        target.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        target.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
        {
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint CrcOf(uint value)
    {
        const uint polynomial = 0xEDB88320;   // annex D of the specification
        for (var bit = 0; bit < 8; bit++)
        {
            value = (value & 1) != 0 ? polynomial ^ (value >> 1) : value >> 1;
        }

        return value;
    }
}
