using System.Buffers.Binary;
using System.Text;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.Checksum;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace Parallax.Host.Images;

/// <summary>Mends PNG files whose pixels are all there, but which libpng refuses and Pillow reads.</summary>
/// <remarks>
/// The end mark may be missing, cut or wrong; the check sum of pixel data may be wrong where the pixels' own (Adler-32) is right; a second header is dropped.
/// A palette is cut to whole colours, and to as many as the bits of a pixel can name. Nothing stands in for pixels that are missing: the decoder misses them.
/// </remarks>
internal static class PngRepair
{
    private const int Signature = 8, HeaderLength = 13, DepthPlace = 8, ColourTypePlace = 9;   // places within the header's data
    private const int BytesPerColour = 3, MostColourBits = 8;
    private const byte PaletteType = 3;

    private static ReadOnlySpan<byte> End => [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];

    /// <summary>The file with sound chunks and an end; null when it has no header, or its pixels were altered.</summary>
    /// <param name="file">A file that starts as PNG files do.</param>
    public static byte[]? Mend(ReadOnlySpan<byte> file)
    {
        var bytes = file.ToArray();
        using var mended = new MemoryStream(bytes.Length + End.Length);
        using var pixels = new MemoryStream();
        mended.Write(bytes, 0, Signature);
        var (bits, isAltered) = (0, false);
        for (var at = Signature; Chunk.At(bytes, at) is { } chunk; at = chunk.Next)
        {
            switch (chunk.Name)
            {
                case "IHDR" when bits > 0:
                    break;
                case "IHDR" when !chunk.IsWhole || chunk.Length != HeaderLength:
                    return null;
                case "IHDR":
                    bits = chunk.Data[ColourTypePlace] == PaletteType ? Math.Min(chunk.Data[DepthPlace], (byte)MostColourBits) : MostColourBits;
                    mended.Write(chunk.Stored);
                    break;
                case "PLTE" when chunk.IsWhole && chunk.HasRightSum:
                    chunk.WriteTo(mended, Math.Min(chunk.Length / BytesPerColour, 1 << bits) * BytesPerColour);
                    break;
                case "IDAT":
                    isAltered |= chunk.IsWhole && !chunk.HasRightSum;
                    pixels.Write(chunk.Data);
                    chunk.WriteTo(mended, chunk.Length);
                    break;
                case var _ when chunk.IsWhole:
                    mended.Write(chunk.Stored);
                    break;
                default:
                    break;   // cut, and no pixels
            }
        }

        mended.Write(End);

        return bits > 0 && !(isAltered && !IsSound(pixels.ToArray())) ? mended.ToArray() : null;
    }

    /// <summary>Whether the compressed pixels are what was compressed: they end with a check sum of their own.</summary>
    private static bool IsSound(byte[] pixels)
    {
        var inflater = new Inflater();
        inflater.SetInput(pixels);
        var buffer = new byte[1 << 16];
        try
        {
            while (!inflater.IsFinished && inflater.Inflate(buffer) > 0)
            {
            }
        }
        catch (SharpZipBaseException)
        {
            return false;
        }

        return inflater.IsFinished;
    }

    /// <summary>A chunk, or what there is of one: length, name, data, check sum of both.</summary>
    private readonly record struct Chunk(byte[] File, int Start, string Name, int Length, bool IsWhole)
    {
        private const int BeforeData = 8, SumLength = 4;

        public int Next => Start + BeforeData + Length + SumLength;

        public ReadOnlySpan<byte> Data => File.AsSpan(Start + BeforeData, Length);

        public ReadOnlySpan<byte> Stored => File.AsSpan(Start, Next - Start);

        public bool HasRightSum => BinaryPrimitives.ReadUInt32BigEndian(File.AsSpan(Next - SumLength)) == Sum(Length);

        /// <summary>The chunk at a place; null at the end mark, at the end, and where none begins.</summary>
        public static Chunk? At(byte[] file, int start)
        {
            if (start > file.Length - BeforeData)
            {
                return null;
            }

            var name = Encoding.Latin1.GetString(file, start + 4, 4);
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(start));
            var there = (int)Math.Min(length, file.Length - start - BeforeData);

            return name == "IEND" || !name.All(char.IsAsciiLetter)
                ? null
                : new(file, start, name, there, IsWhole: (long)length + SumLength <= file.Length - start - BeforeData);
        }

        /// <summary>Writes the chunk with the first of its data and the right check sum.</summary>
        public void WriteTo(Stream target, int length)
        {
            Span<byte> number = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, length);
            target.Write(number);
            target.Write(File, Start + 4, 4 + length);
            BinaryPrimitives.WriteUInt32BigEndian(number, Sum(length));
            target.Write(number);
        }

        private uint Sum(int length)
        {
            var sum = new Crc32();
            sum.Update(new ArraySegment<byte>(File, Start + 4, 4 + length));

            return (uint)sum.Value;
        }
    }
}
