using System.IO.Compression;

namespace Parallax.Plugins.Datasets;

/// <summary>Tells compressed archives by their first bytes, or else by their names, and says how to unpack them.</summary>
internal static class Compression
{
    private static readonly Format[] Formats =
    [
        new("gzip", [0x1F, 0x8B], [".gz", ".tgz"], "gunzip -k"),
        new("bzip2", [.. "BZh"u8], [".bz2", ".tbz", ".tbz2", ".tb2"], "bunzip2 -k"),
        new("xz", [0xFD, .. "7zXZ"u8, 0], [".xz", ".txz"], "unxz -k"),
        new("zstd", [0x28, 0xB5, 0x2F, 0xFD], [".zst", ".zstd", ".tzst"], "unzstd"),
        new("lz4", [0x04, 0x22, 0x4D, 0x18], [".lz4"], "unlz4"),
        new("lzip", [.. "LZIP"u8, 1], [".lz", ".tlz"], "lzip -dk"),
        new("lzma", [0x5D, 0, 0], [".lzma"], "unlzma -k"),
        new("compress", [0x1F, 0x9D], [".Z", ".taz"], "uncompress -k"),
        new("zip", [.. "PK"u8, 3, 4], [".zip"], "unzip", IsArchive: true),
        new("7-Zip", [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], [".7z"], "7z x", IsArchive: true),
        new("rar", [.. "Rar!"u8, 0x1A, 7], [".rar"], "unrar x", IsArchive: true),
    ];

    private const int Header = 512;         // of a tar
    private const int TarMagicOffset = 257;

    /// <summary>Whether a name is that of a tar archive, compressed or not, or of another archive.</summary>
    public static bool IsArchiveExtension(string extension) => extension == ".tar" || OfExtension(extension) is not null;

    /// <param name="path">A file.</param>
    /// <param name="readable">Name of the format that the caller unpacks itself.</param>
    /// <exception cref="ConfigurationException">The file is compressed in another format, or its name says so and it is no tar: says what to run.</exception>
    public static void Refuse(string path, string? readable = null)
    {
        Span<byte> start = stackalloc byte[Header];
        using (var file = File.OpenRead(path))
        {
            start = start[..file.ReadAtLeast(start, Header, throwOnEndOfStream: false)];
        }

        var isTar = start.Length == Header && start[TarMagicOffset..].StartsWith("ustar"u8);
        if (!isTar && (OfBytes(start) ?? OfExtension(Path.GetExtension(path))) is { } format && format.Name != readable)
        {
            throw new ConfigurationException(
                $"{path} is compressed with {format.Name}. Files are read at random places, which needs a plain tar or a folder: {Advice(format, path)}.");
        }
    }

    /// <summary>What a file holds, which may be packed with gzip.</summary>
    public static Stream Unpacked(FileStream file)
    {
        var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;

        return isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static string Advice(Format format, string path) => format.IsArchive
        ? $"unpack it with '{format.Command} {path}' and point data.path at the folder"
        : $"unpack it with '{format.Command} {path}' and point data.path at the .tar, or with 'tar -xf {path}' and point it at the folder";

    private static Format? OfBytes(ReadOnlySpan<byte> start)
    {
        foreach (var format in Formats)
        {
            if (start.StartsWith(format.Start))
            {
                return format;
            }
        }

        return null;
    }

    private static Format? OfExtension(string extension) =>
        Formats.FirstOrDefault(format => format.Extensions.Contains(extension, StringComparer.OrdinalIgnoreCase));

    /// <summary>A way to compress.</summary>
    /// <param name="Name">As people call it.</param>
    /// <param name="Start">First bytes of its files.</param>
    /// <param name="Extensions">How their names end.</param>
    /// <param name="Command">What undoes it.</param>
    /// <param name="IsArchive">Whether it holds files itself, so that no tar comes out.</param>
    private sealed record Format(string Name, byte[] Start, string[] Extensions, string Command, bool IsArchive = false);
}
