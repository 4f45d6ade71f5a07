using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Parallax.Host.Embeddings;

/// <summary>An array of NumPy, [N, F] float32, and beside it <c>.names.txt</c> with a name in each line. It holds no labels, hashes or metadata.</summary>
/// <remarks>Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0.</remarks>
internal sealed partial class NpyEmbeddings : IEmbeddingFormat
{
    private const int Alignment = 64, FixedBytes = 10;
    private static readonly byte[] _magic = [0x93, .. "NUMPY"u8, 1, 0];

    public void Write(string file, EmbeddingTable table)
    {
        AtomicFile.Replace(NamesOf(file), stream =>
        {
            using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            foreach (var image in table.Images)
            {
                text.WriteLine(Breaking().Replace(image.Name, Escape));
            }
        });
        AtomicFile.Replace(file, stream =>
        {
            stream.Write(Header(table));
            foreach (var block in table.Blocks())
            {
                stream.Write(MemoryMarshal.AsBytes(block.Features.AsSpan()));
            }
        });
    }

    public IReadOnlyList<string> FilesOf(string file) => [file, NamesOf(file)];

    public EmbeddingSet Read(string file)
    {
        var features = ReadArray(file);
        try
        {
            string[] names = File.Exists(NamesOf(file)) ? [.. File.ReadLines(NamesOf(file)).Select(line => Escaped().Replace(line, Unescape))]
                : [.. Enumerable.Range(0, (int)features.shape[0]).Select(row => row.ToString(CultureInfo.InvariantCulture))];

            return new(file, names, [.. names.Select(_ => "")], null, features, new Dictionary<string, string>());
        }
        catch
        {
            features.Dispose();
            throw;
        }
    }

    private static string NamesOf(string file) => Path.ChangeExtension(file, ".names.txt");

    private static string Escape(Match breaking) => breaking.Value switch { "\n" => "\\n", "\r" => "\\r", _ => "\\\\" };

    private static string Unescape(Match escaped) => escaped.Value switch { "\\n" => "\n", "\\r" => "\r", _ => "\\" };

    private static byte[] Header(EmbeddingTable table)
    {
        var shape = string.Create(CultureInfo.InvariantCulture, $"({table.Rows}, {table.Width})");
        var text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}";
        var length = ((FixedBytes + text.Length + Alignment) / Alignment * Alignment) - FixedBytes;   // with a line break behind it
        byte[] size = [(byte)length, (byte)(length >> 8)];

        return [.. _magic, .. size, .. Encoding.ASCII.GetBytes(text.PadRight(length - 1)), (byte)'\n'];
    }

    private static Tensor ReadArray(string file)
    {
        using var stream = File.OpenRead(file);
        var start = new byte[FixedBytes];
        if (stream.ReadAtLeast(start, FixedBytes, throwOnEndOfStream: false) < FixedBytes || !start.AsSpan(0, _magic.Length).SequenceEqual(_magic))
        {
            throw Bad(file, "it does not begin as one");
        }

        var header = new byte[BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(_magic.Length))];
        var length = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        var match = HeaderText().Match(Encoding.ASCII.GetString(header, 0, length));
        if (!match.Success)
        {
            throw Bad(file, "its header describes something else");
        }

        var shape = new[] { 1, 2 }.Select(group => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture)).ToArray();
        var bytes = sizeof(float) * (long)shape[0] * shape[1];

        return stream.Length - stream.Position == bytes ? SafeTensors.ReadValues(stream, ScalarType.Float32, [shape[0], shape[1]])
            : throw Bad(file, $"its header promises {bytes} bytes, and {stream.Length - stream.Position} follow");
    }

    private static ConfigurationException Bad(string file, string what) =>
        new($"{file} cannot be read: expected a .npy array of version 1.0, float32, row by row, [N, F], but {what}. Write it again.");

    [GeneratedRegex(@"^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d{1,9}), (\d{1,9})\), \}\s*$")]
    private static partial Regex HeaderText();

    [GeneratedRegex(@"[\\\n\r]")]
    private static partial Regex Breaking();

    [GeneratedRegex(@"\\[\\nr]")]
    private static partial Regex Escaped();
}
