using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Parallax.Host.Packing;

/// <summary>A packed file, mapped into memory: the system reads what is asked for and drops what it needs room for. Thread-safe.</summary>
/// <remarks>The file must not be shortened while it is mapped: the system ends a process that reads where no file is any more.</remarks>
internal sealed unsafe class PackFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly long _records, _index, _count;   // where records and index begin, and how many there are

    /// <exception cref="ConfigurationException">The file is no packed file, is damaged or cut short, was written in another version, or cannot be
    /// read.</exception>
    public PackFile(string path)
    {
        Path = path;
        if (Directory.Exists(path))
        {
            throw new ConfigurationException($"{path} is a folder, not a pack. Expected a file that 'parallax pack' wrote.");
        }

        try
        {
            Length = new FileInfo(path).Length;
            if (Length < PackHead.Bytes)
            {
                throw Foreign();
            }

            (_file, _view) = Map(path);
        }
        catch (Exception fault) when (RunFile.IsOfTheDisk(fault))
        {
            throw new ConfigurationException($"{path} cannot be read: {RunFile.Reason(fault)} Correct its permissions, or data.path.");
        }

        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        try
        {
            Description = ReadDescription(out _records);
            _count = Description.Count;
            _index = ReadTail();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    public PackDescription Description { get; }

    public long Length { get; }

    /// <summary>Class of a sample.</summary>
    /// <param name="sample">Counted over all splits.</param>
    public int Label(long sample) => Entry(sample).Label;

    /// <summary>The parts of a record, valid while the file is open.</summary>
    /// <param name="sample">Counted over all splits.</param>
    /// <param name="record">What the bytes are.</param>
    /// <param name="name">Name for people.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="CorruptSampleException">The record is damaged.</exception>
    public ReadOnlySpan<byte> Read(long sample, out PackRecord record, out ReadOnlySpan<byte> name)
    {
        var offset = Entry(sample).Offset;
        if (offset < _records || offset > _index - PackRecord.Bytes)
        {
            throw Damaged(sample);
        }

        record = Read<PackRecord>(offset);
        if (record.NameLength < 0 || record.Length < 0 || record.Total > Math.Min(_index - offset, int.MaxValue))
        {
            throw Damaged(sample);
        }

        var bytes = Span(offset, (int)record.Total);
        if (PackRecord.HashOf(bytes) != record.Hash)
        {
            throw Damaged(sample);
        }

        name = bytes.Slice(PackRecord.Bytes, record.NameLength);

        return bytes[(PackRecord.Bytes + record.NameLength)..];
    }

    /// <summary>How messages name a sample.</summary>
    public string NameOf(long sample, ReadOnlySpan<byte> name) => name.IsEmpty ? $"{Path}, sample {sample}" : $"{Path}:{Encoding.UTF8.GetString(name)}";

    public void Dispose()
    {
        if (!_view.SafeMemoryMappedViewHandle.IsClosed)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }

    private static (MemoryMappedFile File, MemoryMappedViewAccessor View) Map(string path)
    {
        var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        try
        {
            return (file, file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private PackDescription ReadDescription(out long end)
    {
        var head = Read<PackHead>(0);
        if (head.Mark != MemoryMarshal.Read<ulong>(PackFormat.Mark))
        {
            throw Foreign();
        }

        if (head.Version != PackFormat.Version)
        {
            throw new ConfigurationException($"{Path} has version {head.Version} of the packed format; this program reads version {PackFormat.Version}. "
                + "Pack the data set again with 'parallax pack'.");
        }

        end = (long)PackHead.Bytes + head.Length;
        if (head.Length < 0 || end > Length - PackTail.Bytes)
        {
            throw CutShort();
        }

        var json = Span(PackHead.Bytes, head.Length);
        try
        {
            return XxHash3.HashToUInt64(json) == head.Hash ? PackDescription.Of(json) : throw Damaged("the check sum of its description is wrong");
        }
        catch (JsonException)
        {
            throw Damaged("its description is incomplete or contradicts itself");
        }
    }

    private long ReadTail()
    {
        var tail = Read<PackTail>(Length - PackTail.Bytes);
        if (tail.Mark != MemoryMarshal.Read<ulong>(PackFormat.EndMark))
        {
            throw CutShort();
        }

        if (tail.Index < _records || tail.Index > Length - PackTail.Bytes)
        {
            throw Damaged("its index lies outside the file");
        }

        var length = Length - PackTail.Bytes - tail.Index;
        if (Math.DivRem(length, PackEntry.Bytes) != (Description.Count, 0))
        {
            throw Damaged("its index is not as long as its description says");
        }

        var hash = new XxHash3();
        const int most = 1 << 30;   // of a span
        for (var at = tail.Index; at < tail.Index + length; at += most)
        {
            hash.Append(Span(at, (int)Math.Min(most, tail.Index + length - at)));
        }

        return hash.GetCurrentHashAsUInt64() == tail.Hash ? tail.Index : throw Damaged("the check sum of its index is wrong");
    }

    private PackEntry Entry(long sample)
    {
        ObjectDisposedException.ThrowIf(_view.SafeMemoryMappedViewHandle.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(sample);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sample, _count);

        return Read<PackEntry>(_index + (sample * PackEntry.Bytes));
    }

    private T Read<T>(long offset)
        where T : unmanaged => MemoryMarshal.Read<T>(Span(offset, sizeof(T)));

    private ReadOnlySpan<byte> Span(long offset, int length) => new(_start + offset, length);

    private CorruptSampleException Damaged(long sample) =>
        new($"{Path}, sample {sample}", "its check sum is wrong: the packed file is damaged there");

    private ConfigurationException Damaged(string reason) =>
        new($"{Path} is damaged: {reason}. Copy it again, or pack the data set again with 'parallax pack'.");

    private ConfigurationException CutShort() =>
        new($"{Path} is cut short: it ends before the mark at its end. Copy it again, or repeat the 'parallax pack' that was interrupted.");

    private ConfigurationException Foreign() => new($"{Path} is no packed file. Expected a file that 'parallax pack' wrote.");
}
