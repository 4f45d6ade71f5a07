using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Parallax.Host.Embeddings;

/// <summary>An array of NumPy, [N, F] float32, and beside it <c>.names.txt</c> with a name in each line. It holds no labels, hashes or metadata.</summary>
/// <remarks>Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0.</remarks>
internal sealed partial class NpyEmbeddings : IEmbeddingFormat
{
    private const int Alignment = 64;

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
        var features = NumPyArray.Read(file);
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
        var length = ((NumPyArray.FixedBytes + text.Length + Alignment) / Alignment * Alignment) - NumPyArray.FixedBytes;   // with a line break behind it
        byte[] size = [(byte)length, (byte)(length >> 8)];

        return [.. NumPyArray.Beginning, .. size, .. Encoding.ASCII.GetBytes(text.PadRight(length - 1)), (byte)'\n'];
    }

    [GeneratedRegex(@"[\\\n\r]")]
    private static partial Regex Breaking();

    [GeneratedRegex(@"\\[\\nr]")]
    private static partial Regex Escaped();
}
