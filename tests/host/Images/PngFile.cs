using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Parallax.Host.Tests.Images;

/// <summary>Builds PNG files chunk by chunk, sound ones and others.</summary>
internal static class PngFile
{
    public const int Side = 8;
    public const byte Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, Rgba = 6;

    public static byte[] Start => [0x89, .. "PNG\r\n\x1a\n"u8];

    public static byte[] End => Chunk("IEND", []);

    public static byte[] Header(int depth, byte colourType) => Chunk("IHDR", [0, 0, 0, Side, 0, 0, 0, Side, (byte)depth, colourType, 0, 0, 0]);

    public static byte[] Colours(int count) => Chunk("PLTE", [.. Enumerable.Range(0, 3 * count).Select(i => (byte)(i * 7))]);

    public static byte[] Pixels(byte[] compressed) => Chunk("IDAT", compressed);

    /// <summary>Rows of bytes that repeat nowhere, compressed.</summary>
    public static byte[] Compressed(int depth, byte colourType)
    {
        var samples = colourType switch { Rgb => 3, GreyAlpha => 2, Rgba => 4, _ => 1 };
        var row = ((Side * samples * depth) + 7) / 8;
        using var bytes = new MemoryStream();
        using (var zlib = new ZLibStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var y = 0; y < Side; y++)
            {
                zlib.Write([0, .. Enumerable.Range(y * row, row).Select(i => (byte)((i * i * 31) + (i * 57)))]);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Length, name, data and check sum; another check sum where one is given.</summary>
    public static byte[] Chunk(string name, byte[] data, uint? sum = null)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(name), .. data];
        var (length, crc) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(crc, sum ?? Crc(named));

        return [.. length, .. named, .. crc];
    }

    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
        }

        return ~crc;
    }
}
