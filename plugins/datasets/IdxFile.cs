using System.Buffers.Binary;

namespace Parallax.Plugins.Datasets;

/// <summary>One IDX file of bytes: big-endian magic number, sizes, then the values. Raw or gzip, told apart by the first bytes.</summary>
/// <param name="Sizes">Number of items, then rows and columns for images.</param>
/// <param name="Values">All bytes.</param>
internal sealed record IdxFile(int[] Sizes, byte[] Values)
{
    /// <summary>Magic number of images: unsigned bytes, three sizes.</summary>
    public const int ImageMagic = 0x0803;

    /// <summary>Magic number of labels: unsigned bytes, one size.</summary>
    public const int LabelMagic = 0x0801;

    /// <exception cref="ConfigurationException">Another magic number; fewer or more bytes than the header announces.</exception>
    public static IdxFile Read(string path, int magic)
    {
        using var file = File.OpenRead(path);
        using var stream = Compression.Unpacked(file);
        var rank = magic & 0xFF;
        var header = new byte[4 + (4 * rank)];
        var got = ReadAll(stream, header, path);
        var found = got >= 4 ? BinaryPrimitives.ReadInt32BigEndian(header) : 0;
        if (got >= 4 && found != magic)
        {
            throw new ConfigurationException(
                $"{path} starts with the number {found}, but an IDX file of {Contents(magic)} starts with {magic}. Check that the file is the original one "
                    + "and not swapped with another.");
        }

        if (got < header.Length)
        {
            throw new ConfigurationException($"{path} is cut short: an IDX header has {header.Length} bytes, this file has {got}. Copy or download it again.");
        }

        int[] sizes = [.. Enumerable.Range(1, rank).Select(i => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * i)))];
        var length = sizes.Aggregate(1L, (product, size) => product * Math.Max(0, size));
        if (length is 0 || length > Array.MaxLength)
        {
            throw new ConfigurationException($"{path} announces {string.Join("x", sizes)} values, which cannot be. The header is damaged; copy or download "
                + "the file again.");
        }

        var values = new byte[length];
        got = ReadAll(stream, values, path);
        if (got < length)
        {
            throw new ConfigurationException($"{path} is cut short: its header announces {string.Join("x", sizes)} = {length} bytes, but only {got} "
                + "follow. Copy or download it again.");
        }

        if (ReadAll(stream, new byte[1], path) > 0)
        {
            throw new ConfigurationException($"{path} is longer than the {string.Join("x", sizes)} bytes its header announces. The header is damaged; copy "
                + "or download the file again.");
        }

        return new IdxFile(sizes, values);
    }

    private static int ReadAll(Stream stream, byte[] target, string path)
    {
        try
        {
            return stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException damaged)
        {
            throw new ConfigurationException($"{path} is damaged or cut short: its gzip data does not unpack ({damaged.Message}). Copy or download it again.");
        }
    }

    private static string Contents(int magic) => magic == ImageMagic ? "images" : "labels";
}
