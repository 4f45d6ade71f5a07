using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Parallax.Host.Embeddings;

/// <summary>The features so far of a file that is not complete, block by block behind what they depend on. A command that was killed goes on behind the last
/// block that is whole.</summary>
internal sealed class EmbeddingPart : IDisposable
{
    private const int Buffer = 1 << 20, HeadBytes = sizeof(int) + sizeof(ulong);
    private const int ResourceUnavailable = 11;   // EAGAIN of Linux: the file is another's
    private static readonly byte[] _mark = "PARALLAX EMBEDDINGS 1\n"u8.ToArray();

    private readonly FileStream _file;
    private readonly long _start;

    /// <summary>Begins, or goes on.</summary>
    /// <param name="path">Where it lies: see <see cref="PathOf"/>.</param>
    /// <param name="metadata">All that the features depend on.</param>
    /// <param name="replaces">Whether one that was begun otherwise is begun anew.</param>
    /// <exception cref="ConfigurationException">It was begun otherwise, or another process writes it.</exception>
    public EmbeddingPart(string path, IReadOnlyDictionary<string, string> metadata, bool replaces)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(metadata);
        byte[] head = [.. _mark, .. BitConverter.GetBytes(content.Length), .. content];
        _start = head.Length;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _file = Open(path);
        try
        {
            Begin(head, replaces);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Images that are done, those that cannot be read included.</summary>
    public long Images { get; private set; }

    /// <summary>Those of them that are embedded.</summary>
    public long Rows { get; private set; }

    /// <summary>Numbers of a row; 0 as long as there is none.</summary>
    public int Width { get; private set; }

    /// <summary>Where the part of a file lies.</summary>
    public static string PathOf(string file) => $"{file}.partial";

    /// <summary>Adds a block, which a process that is killed afterwards does not lose.</summary>
    /// <returns>Images that are done.</returns>
    public long Append(EmbeddingBlock block)
    {
        var payload = Serialize(block);
        _file.Write(BitConverter.GetBytes(payload.Length));
        _file.Write(BitConverter.GetBytes(XxHash3.HashToUInt64(payload)));
        _file.Write(payload);
        _file.Flush();
        Count(block);

        return Images;
    }

    /// <summary>All blocks, from the first on.</summary>
    public IEnumerable<EmbeddingBlock> Blocks()
    {
        _file.Position = _start;
        while (Next() is { } block)
        {
            var next = _file.Position;
            yield return block;
            _file.Position = next;   // two may read at once
        }
    }

    /// <summary>Removes it.</summary>
    public void Discard()
    {
        _file.Dispose();
        File.Delete(_file.Name);
    }

    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, Buffer);
        }
        catch (IOException fault) when (fault.HResult is ResourceUnavailable)
        {
            throw new ConfigurationException($"{path} is in use: another 'parallax embed' writes it. Wait for it to end, or give another --out.");
        }
    }

    private void Begin(byte[] head, bool replaces)
    {
        var there = new byte[head.Length];
        var got = _file.ReadAtLeast(there, there.Length, throwOnEndOfStream: false);
        if (!there.AsSpan(0, got).SequenceEqual(head.AsSpan(0, got)))
        {
            if (!replaces)
            {
                throw new ConfigurationException($"{_file.Name} was begun with another run, other data or options, or in another version. Repeat the command "
                    + "as it was, or add --force to begin anew.");
            }

            got = 0;
        }

        if (got < head.Length)
        {
            _file.SetLength(0);
            _file.Write(head);
        }

        _file.Position = _start;
        var whole = _start;
        while (Next() is { } block)
        {
            Count(block);
            whole = _file.Position;
        }

        _file.SetLength(whole);
        _file.Position = whole;
    }

    private void Count(EmbeddingBlock block)
    {
        Images += block.Images;
        Rows += block.Rows.Count;
        Width = block.Rows.Count > 0 ? block.Features.Length / block.Rows.Count : Width;
    }

    // Null at the end, and where a killed process left part of a block.
    private EmbeddingBlock? Next()
    {
        var head = new byte[HeadBytes];
        if (_file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) < HeadBytes)
        {
            return null;
        }

        var length = BitConverter.ToInt32(head);
        if (length < 0 || length > _file.Length - _file.Position)
        {
            return null;
        }

        var payload = new byte[length];
        _file.ReadExactly(payload);

        return XxHash3.HashToUInt64(payload) == BitConverter.ToUInt64(head, sizeof(int)) ? Deserialize(payload) : null;
    }

    private static byte[] Serialize(EmbeddingBlock block)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(block.Images);
        writer.Write(block.Rows.Count);
        foreach (var row in block.Rows)
        {
            writer.Write(row.Name);
            writer.Write(row.Label);
            writer.Write(row.Content);
        }

        writer.Write(block.Features.Length);
        writer.Write(MemoryMarshal.AsBytes(block.Features.AsSpan()));
        writer.Write(block.LeftOut.Count);
        foreach (var image in block.LeftOut)
        {
            writer.Write(image.Name);
            writer.Write(image.Reason);
        }

        writer.Flush();

        return bytes.ToArray();
    }

    private static EmbeddingBlock Deserialize(byte[] payload)
    {
        using var reader = new BinaryReader(new MemoryStream(payload), Encoding.UTF8);
        var images = reader.ReadInt64();
        var rows = new EmbeddedImage[reader.ReadInt32()];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] = new(reader.ReadString(), reader.ReadInt32(), reader.ReadUInt64());
        }

        var features = new float[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(features.AsSpan()));
        var leftOut = new LeftOutImage[reader.ReadInt32()];
        for (var image = 0; image < leftOut.Length; image++)
        {
            leftOut[image] = new(reader.ReadString(), reader.ReadString());
        }

        return new(images, rows, features, leftOut);
    }
}
