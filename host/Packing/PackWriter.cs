using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace Parallax.Host.Packing;

/// <summary>Writes a packed file beside its place and renames it when it is complete; goes on where an interrupted one stopped.</summary>
internal sealed class PackWriter : IDisposable
{
    private const int Buffer = 1 << 20;

    private const int ResourceUnavailable = 11;   // EAGAIN of Linux: the file is another's

    private readonly string _path;
    private readonly FileStream _file;
    private readonly List<PackEntry> _index = [];
    private readonly long _expected;

    /// <summary>Begins the file, or goes on with it.</summary>
    /// <param name="path">Where it will be; it is written to <see cref="PartOf"/> of it.</param>
    /// <param name="description">What it will hold.</param>
    /// <exception cref="ConfigurationException">The file is there, or what is there of it was begun otherwise, or another process writes it.</exception>
    public PackWriter(string path, PackDescription description)
    {
        (_path, _expected) = (Path.GetFullPath(path), description.Count);
        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(path))
        {
            throw new ConfigurationException($"--out {path} is a folder. Give the file to make, for example --out {Path.Combine(path, "images.pack")}.");
        }

        if (Path.Exists(_path))
        {
            throw new ConfigurationException($"--out {path} is there already. Remove it, or give the name of a new file.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _file = OpenPart(_path);
        try
        {
            Begin(description.ToJson());
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Samples that are written.</summary>
    public long Count => _index.Count;

    /// <summary>Those of them that could not be read when they were packed.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Where an unfinished file lies.</summary>
    public static string PartOf(string path) => $"{path}.partial";

    /// <summary>Writes the next sample.</summary>
    /// <param name="sample">What it is.</param>
    public void Append(PackedSample sample)
    {
        var name = Encoding.UTF8.GetByteCount(sample.Name);
        var record = new PackRecord(0, sample.Kind, sample.Label, sample.Size.Height, sample.Size.Width, name, sample.Bytes.Length);
        var total = checked((int)record.Total);
        var bytes = ArrayPool<byte>.Shared.Rent(total);
        try
        {
            var whole = bytes.AsSpan(0, total);
            MemoryMarshal.Write(whole, in record);
            Encoding.UTF8.GetBytes(sample.Name, whole[PackRecord.Bytes..]);
            sample.Bytes.Span.CopyTo(whole[(PackRecord.Bytes + name)..]);
            MemoryMarshal.Write(whole, PackRecord.HashOf(whole));
            var start = _file.Position;
            _file.Write(whole);
            Add(start, record);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Writes the index and gives the file its name.</summary>
    /// <returns>Bytes of the file.</returns>
    public long Finish()
    {
        if (_index.Count != _expected)
        {
            throw new InvalidOperationException($"{_index.Count} of {_expected} samples were written.");
        }

        var index = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_index));
        var tail = new PackTail(_file.Position, XxHash3.HashToUInt64(index), MemoryMarshal.Read<ulong>(PackFormat.EndMark));
        _file.Write(index);
        PackFormat.Write(_file, tail);
        _file.Flush(flushToDisk: true);
        var length = _file.Length;
        _file.Dispose();
        AtomicFile.Rename(PartOf(_path), _path);

        return length;
    }

    /// <summary>Gives up what is written.</summary>
    public void Discard()
    {
        _file.Dispose();
        File.Delete(PartOf(_path));
    }

    /// <summary>Closes the file; an unfinished one stays where it is.</summary>
    public void Dispose() => _file.Dispose();

    private static FileStream OpenPart(string path)
    {
        try
        {
            return new FileStream(PartOf(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, Buffer);
        }
        catch (IOException fault) when (fault.HResult is ResourceUnavailable)
        {
            throw new ConfigurationException($"{PartOf(path)} is in use: another 'parallax pack' writes it. Wait for it to end, or give another --out.");
        }
    }

    private void Add(long start, PackRecord record)
    {
        _index.Add(new(start, record.Label));
        Unreadable += record.Kind == PackKind.Unreadable ? 1 : 0;
    }

    private void Begin(byte[] description)
    {
        var head = new PackHead(MemoryMarshal.Read<ulong>(PackFormat.Mark), PackFormat.Version, description.Length, XxHash3.HashToUInt64(description));
        byte[] start = [.. MemoryMarshal.AsBytes(new ReadOnlySpan<PackHead>(in head)), .. description];
        var there = new byte[start.Length];
        var got = _file.ReadAtLeast(there, there.Length, throwOnEndOfStream: false);
        if (!there.AsSpan(0, got).SequenceEqual(start.AsSpan(0, got)))
        {
            throw new ConfigurationException($"{_file.Name} was begun with other data or settings, or in another version. Repeat the command as it was, or "
                + "remove the file to begin anew.");
        }

        if (got < start.Length)
        {
            _file.Position = 0;
            _file.Write(start);
        }
        else
        {
            ReadRecords();
        }

        _file.SetLength(_file.Position);
    }

    /// <summary>Finds what is whole of the samples, and stands behind it.</summary>
    private void ReadRecords()
    {
        var header = new byte[PackRecord.Bytes];
        while (_index.Count < _expected)
        {
            var start = _file.Position;
            if (_file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length
                || MemoryMarshal.Read<PackRecord>(header) is var record && !IsWhole(record, start))
            {
                _file.Position = start;
                return;
            }

            Add(start, record);
        }
    }

    private bool IsWhole(PackRecord record, long start)
    {
        if (record.NameLength < 0 || record.Length < 0 || record.Total > Array.MaxLength || start + record.Total > _file.Length)
        {
            return false;
        }

        var bytes = ArrayPool<byte>.Shared.Rent((int)record.Total);
        try
        {
            _file.Position = start;
            _file.ReadExactly(bytes, 0, (int)record.Total);

            return PackRecord.HashOf(bytes.AsSpan(0, (int)record.Total)) == record.Hash;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}

/// <summary>A sample as it is written.</summary>
/// <param name="Kind">What the bytes are.</param>
/// <param name="Label">Its class.</param>
/// <param name="Size">Of pixels; 0 x 0 for a file.</param>
/// <param name="Name">For people.</param>
/// <param name="Bytes">File, planes or reason.</param>
internal sealed record PackedSample(PackKind Kind, int Label, ImageSize Size, string Name, ReadOnlyMemory<byte> Bytes);
