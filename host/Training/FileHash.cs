using System.Security.Cryptography;
using System.Text;

namespace Parallax.Host.Training;

/// <summary>A SHA-256 of a file, kept in the file itself: taken with zeros in its own place, which the metadata of a safetensors file gives it.</summary>
internal static class FileHash
{
    public const string Key = "parallax.sha256";

    private const int Chunk = 1 << 20, Digits = 64;

    /// <summary>What the metadata holds until the hash is known.</summary>
    public static string Placeholder { get; } = new('0', Digits);

    /// <summary>Writes content with a placeholder, then the hash into its place.</summary>
    /// <param name="stream">An empty file.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(Stream stream, Action<Stream> write)
    {
        using var sha = SHA256.Create();
        using (var hashing = new CryptoStream(stream, sha, CryptoStreamMode.Write, leaveOpen: true))
        {
            write(hashing);
        }

        stream.Flush();
        stream.Position = PlaceOf(stream, Placeholder);
        stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(sha.Hash!)));
    }

    /// <summary>Compares the bytes of a file with its hash.</summary>
    /// <returns>False when the file holds none, as those of earlier versions.</returns>
    /// <exception cref="InvalidDataException">They differ.</exception>
    public static bool Verify(string path, IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(Key, out var expected))
        {
            return false;
        }

        using var file = File.OpenRead(path);
        var place = PlaceOf(file, expected);
        file.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[Chunk];
        for (var read = 0L; file.Read(buffer) is > 0 and var count; read += count)
        {
            for (var i = Math.Max(0, place - read); i < Math.Min(count, place + Digits - read); i++)
            {
                buffer[i] = (byte)'0';
            }

            hash.AppendData(buffer, 0, count);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == expected
            ? true
            : throw new InvalidDataException($"'{path}' is damaged: its bytes are not those that were written.");
    }

    private static long PlaceOf(Stream stream, string digits)
    {
        var header = new byte[Math.Min(stream.Length, HeaderBytes(stream))];
        stream.Position = 0;
        stream.ReadExactly(header);
        var mark = Encoding.ASCII.GetBytes($"\"{Key}\":\"");

        return header.AsSpan().IndexOf([.. mark, .. Encoding.ASCII.GetBytes(digits)]) is >= 0 and var start
            ? start + mark.Length
            : throw new InvalidDataException($"The header holds no '{Key}'.");
    }

    // Eight bytes say how long the JSON behind them is.
    private static long HeaderBytes(Stream stream)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        stream.Position = 0;
        stream.ReadExactly(length);

        return sizeof(long) + System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(length);
    }
}
