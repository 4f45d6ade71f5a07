using System.Formats.Tar;
using System.IO.MemoryMappedFiles;

namespace Parallax.Plugins.Datasets;

/// <summary>An entry of an archive.</summary>
/// <param name="File">Its name as it is written, and where its bytes are.</param>
/// <param name="Type">What it is.</param>
/// <param name="Link">What a link names; empty for all others.</param>
/// <param name="IsSparse">Whether its bytes are packed without their holes, so that they are no file as they stand.</param>
internal readonly record struct TarItem(StoredFile File, TarEntryType Type, string Link, bool IsSparse);

/// <summary>
/// Finds the entries of an uncompressed tar archive in one walk: every format that <see cref="TarReader"/> knows, with its long names and sizes.
/// </summary>
/// <remarks>
/// Three faults pass <see cref="TarReader"/> without a word, so they are looked for here: a header whose checksum is wrong, a header that is taken
/// for the end because its checksum is gone,
/// and an archive that stops between two entries. The archive is mapped, because the reader otherwise asks the system for each header: three times slower.
/// </remarks>
internal sealed class TarIndex
{
    private const int Block = 512;
    private readonly string _path;
    private readonly FileKind _kind;
    private readonly Stream _archive;
    private readonly byte[] _header = new byte[Block];

    private TarIndex(string path, FileKind kind, Stream archive) => (_path, _kind, _archive) = (path, kind, archive);

    /// <summary>All entries in their order; what a name means is for <see cref="TarTree"/> to say.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="kind">What is looked for in it, for messages.</param>
    /// <exception cref="ConfigurationException">The file is compressed, no tar archive, damaged or cut short; names the offset.</exception>
    public static TarItem[] Read(string path, FileKind kind)
    {
        Compression.Refuse(path);
        var length = new FileInfo(path).Length;
        if (length == 0)
        {
            return [.. new TarIndex(path, kind, Stream.Null).Walk()];   // nothing can be mapped of an empty file
        }

        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        using var archive = file.CreateViewStream(0, length, MemoryMappedFileAccess.Read);

        return [.. new TarIndex(path, kind, archive).Walk()];
    }

    private IEnumerable<TarItem> Walk()
    {
        using var reader = new TarReader(_archive, leaveOpen: true);
        var end = 0L;   // of the last entry and its padding
        while (Next(reader, end) is { } entry)
        {
            var content = entry.DataOffset;
            if (content + entry.Length > _archive.Length)
            {
                throw CutShort($"the entry '{entry.Name}' at offset {end} has {entry.Length} bytes, but the file ends after "
                    + $"{_archive.Length - content} of them");
            }

            end = _archive.Position;   // the reader has already stepped over the content
            RequireChecksum(content - Block, entry.Checksum);
            _archive.Position = end;
            var isSparse = entry is PaxTarEntry pax && pax.ExtendedAttributes.Keys.Any(IsSparse);
            yield return new(new(entry.Name, content, entry.Length), entry.EntryType, entry.LinkName, isSparse);
        }

        RequireEndMark(end);
    }

    private TarEntry? Next(TarReader reader, long offset)
    {
        try
        {
            return reader.GetNextEntry();
        }
        catch (EndOfStreamException)
        {
            throw CutShort($"at offset {offset} an entry begins, but only {Math.Max(0, _archive.Length - offset)} bytes are left");
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or ArgumentException or OverflowException)
        {
            throw Damaged(offset, e.Message.TrimEnd('.'));
        }
    }

    private static bool IsSparse(string attribute) => attribute.StartsWith("GNU.sparse.", StringComparison.Ordinal);

    private void RequireChecksum(long offset, int expected)
    {
        _archive.Position = offset;
        _archive.ReadExactly(_header);
        _header.AsSpan(148, 8).Fill((byte)' ');   // the field of the checksum itself counts as spaces
        if (_header.Sum(value => value) != expected)
        {
            throw Damaged(offset, "the checksum of the tar header is wrong");
        }
    }

    private void RequireEndMark(long offset)
    {
        if (_archive.Length == offset)
        {
            throw CutShort($"at offset {offset} the end mark is missing");
        }

        _archive.Position = offset;
        _archive.ReadExactly(_header);
        if (_header.AsSpan().ContainsAnyExcept((byte)0))
        {
            throw Damaged(offset, "the tar header has no checksum");
        }

        RequireNothingBehind();
    }

    /// <summary>Archives that were joined byte by byte end for every reader where the first one ends.</summary>
    private void RequireNothingBehind()
    {
        while (_archive.Read(_header) is > 0 and var got)
        {
            if (_header.AsSpan(0, got).ContainsAnyExcept((byte)0))
            {
                throw new ConfigurationException(
                    $"{_path} goes on behind its end mark, at offset {_archive.Position - got}, as archives do that were joined with cat. "
                    + "Unpack it with 'tar --ignore-zeros -xf' and point data.path at the folder.");
            }
        }
    }

    private ConfigurationException Damaged(long offset, string how) => new(offset == 0
        ? $"{_path} is no tar archive. Expected a folder or an uncompressed tar with SPLIT/CLASS/{_kind.Expected}."
        : $"{_path} is damaged at offset {offset}: {how}. Copy or download it again.");

    private ConfigurationException CutShort(string how) => new($"{_path} is cut short: {how}. Copy or download it again.");
}
