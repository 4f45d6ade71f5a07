using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Parallax.Plugins.Datasets;

/// <summary>Finds the files of an uncompressed tar archive by walking its headers once: USTAR, GNU long names, PAX paths and sizes.</summary>
/// <remarks>The layout is in POSIX.1-2008 pax, "ustar Interchange Format", and in the GNU tar manual, "Basic Tar Format".</remarks>
internal sealed class TarIndex
{
    private const int Block = 512;
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly long _length;
    private readonly byte[] _header = new byte[Block];
    private long _offset;
    private string? _longName;
    private long? _longSize;

    private TarIndex(string path, SafeFileHandle file)
    {
        (_path, _file) = (path, file);
        _length = RandomAccess.GetLength(file);
    }

    /// <exception cref="ConfigurationException">The file is compressed, no tar archive, damaged or cut short; names the offset.</exception>
    public static StoredFile[] Read(string path)
    {
        using var file = File.OpenHandle(path);

        return [.. new TarIndex(path, file).Walk()];
    }

    private IEnumerable<StoredFile> Walk()
    {
        while (true)
        {
            ReadHeader();
            if (!_header.AsSpan().ContainsAnyExcept((byte)0))
            {
                yield break;   // a block of zeros ends the archive
            }

            CheckHeader();
            var size = _longSize ?? Number(124, 12);
            var content = _offset + Block;
            var next = content + ((size + Block - 1) / Block * Block);
            if (size < 0 || content + size > _length)
            {
                throw CutShort($"the entry '{Name()}' at offset {_offset} has {size} bytes, but the file ends after {_length - content} of them");
            }

            switch ((char)_header[156])
            {
                case 'L':
                    _longName = Text(Bytes(content, size));
                    break;
                case 'x':
                    ReadPax(Bytes(content, size));
                    break;
                case '0' or '\0' or '7':
                    yield return new StoredFile(Name(), content, size);
                    (_longName, _longSize) = (null, null);
                    break;
                case 'K' or 'g':
                    break;   // long link targets and archive-wide remarks say nothing about the next name
                default:
                    (_longName, _longSize) = (null, null);   // folders, links, devices
                    break;
            }

            _offset = next;
        }
    }

    private void ReadHeader()
    {
        var got = RandomAccess.Read(_file, _header, _offset);
        if (got >= 2 && _offset == 0 && _header[0] == 0x1F && _header[1] == 0x8B)
        {
            throw new ConfigurationException($"{_path} is compressed with gzip. Images are read at random places, which needs a plain tar: unpack it with gunzip and point data.path at the .tar.");
        }

        if (got < Block)
        {
            throw CutShort(got == 0 ? $"at offset {_offset} the end mark is missing" : $"at offset {_offset} a header of {Block} bytes should be, but only {got} are left");
        }
    }

    private void CheckHeader()
    {
        var sum = 8 * ' ';   // the checksum field itself counts as spaces
        for (var i = 0; i < Block; i++)
        {
            sum += i is >= 148 and < 156 ? 0 : _header[i];
        }

        if (sum != Number(148, 8))
        {
            throw new ConfigurationException(_offset == 0
                ? $"{_path} is no tar archive. Expected a folder or an uncompressed tar with SPLIT/CLASS/image files."
                : $"{_path} is damaged: at offset {_offset} a tar header was expected, but its checksum is wrong. Copy or download it again.");
        }
    }

    private string Name()
    {
        if (_longName is not null)
        {
            return _longName;
        }

        var name = Text(_header.AsSpan(0, 100));
        var isUstar = _header.AsSpan(257, 6).SequenceEqual("ustar\0"u8);   // GNU's own format has other things in the place of the prefix
        var prefix = isUstar ? Text(_header.AsSpan(345, 155)) : "";

        return prefix.Length > 0 ? $"{prefix}/{name}" : name;
    }

    /// <summary>An octal field, or GNU's base 256 for sizes that do not fit; -1 when it is neither.</summary>
    private long Number(int start, int length)
    {
        var field = _header.AsSpan(start, length);
        if ((field[0] & 0x80) != 0)
        {
            return BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
        }

        var value = 0L;
        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return -1;
            }

            value = (value * 8) + (digit - '0');
        }

        return value;
    }

    /// <summary>Records of "length key=value\n"; the length counts the whole record.</summary>
    private void ReadPax(ReadOnlySpan<byte> records)
    {
        while (records.Length > 0)
        {
            var space = records.IndexOf((byte)' ');
            if (space < 1 || !int.TryParse(records[..space], CultureInfo.InvariantCulture, out var length) || length <= space + 1 || length > records.Length)
            {
                throw new ConfigurationException($"{_path} is damaged: the extended header at offset {_offset} cannot be read. Copy or download the archive again.");
            }

            var record = Encoding.UTF8.GetString(records[(space + 1)..(length - 1)]);
            if (record.StartsWith("path=", StringComparison.Ordinal))
            {
                _longName = record[5..];
            }
            else if (record.StartsWith("size=", StringComparison.Ordinal) && long.TryParse(record.AsSpan(5), CultureInfo.InvariantCulture, out var size))
            {
                _longSize = size;
            }

            records = records[length..];
        }
    }

    private byte[] Bytes(long offset, long size)
    {
        const long mostForAName = 1 << 20;
        if (size > mostForAName)
        {
            throw new ConfigurationException($"{_path} is damaged: the name at offset {_offset} would have {size} bytes. Copy or download the archive again.");
        }

        var bytes = new byte[size];
        RandomAccess.Read(_file, bytes, offset);

        return bytes;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);

        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    private ConfigurationException CutShort(string how) => new($"{_path} is cut short: {how}. Copy or download it again.");
}
