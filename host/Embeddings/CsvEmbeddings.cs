using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using ConfigurationException = Parallax.Contracts.ConfigurationException;

namespace Parallax.Host.Embeddings;

/// <summary>A table with columns <c>name</c>, <c>class</c> and <c>content</c> and a column for each number, <c>f0</c> on: it reads back the same bits. It holds
/// no metadata.</summary>
internal sealed class CsvEmbeddings : IEmbeddingFormat
{
    private static readonly string[] _columns = ["name", "class", "content"];

    public void Write(string file, EmbeddingTable table) => WriteRows(
        file, [.. _columns, .. Enumerable.Range(0, table.Width).Select(column => string.Create(CultureInfo.InvariantCulture, $"f{column}"))],
        table.Blocks().SelectMany(block => block.Rows.Select((image, row) => Fields(table, block, image, row))));

    public EmbeddingSet Read(string file)
    {
        List<string> names = [], classes = [];
        List<ulong> contents = [];
        List<float[]> features = [];
        try
        {
            foreach (var fields in ReadRows(file))
            {
                features.Add([.. fields.Skip(_columns.Length).Select(number => float.Parse(number, CultureInfo.InvariantCulture))]);
                contents.Add(ulong.Parse(fields[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                names.Add(fields[0]);
                classes.Add(fields[1]);
            }
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or CsvHelperException or DecoderFallbackException)
        {
            throw Bad(file, string.Create(CultureInfo.InvariantCulture, $"row {names.Count + 1} is none of it"));
        }

        using var scope = torch.NewDisposeScope();
        float[] numbers = [.. features.SelectMany(row => row)];

        return features.Count == 0 ? throw Bad(file, "it has no rows") : new(
            file, names, classes, contents, torch.tensor(numbers).view(features.Count, -1).MoveToOuterDisposeScope(), new Dictionary<string, string>());
    }

    /// <summary>Writes a table of CSV (RFC 4180, lines end with a line feed), which appears under its name when it is complete.</summary>
    /// <param name="file">The file.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <param name="rows">A field for each column.</param>
    public static void WriteRows(string file, IReadOnlyList<string> columns, IEnumerable<IEnumerable<string>> rows) => AtomicFile.Replace(file, stream =>
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            NewLine = "\n", ShouldQuote = field => field.Field?.Contains('\r', StringComparison.Ordinal) == true || ConfigurationFunctions.ShouldQuote(field),
        });
        foreach (var row in rows.Prepend(columns))
        {
            foreach (var field in row)
            {
                csv.WriteField(field);
            }

            csv.NextRecord();
        }
    });

    private static IEnumerable<string> Fields(EmbeddingTable table, EmbeddingBlock block, EmbeddedImage image, int row) =>
    [
        image.Name, table.ClassOf(image), image.Content.ToString("x16", CultureInfo.InvariantCulture),
        .. block.Features.Skip(row * table.Width).Take(table.Width).Select(number => number.ToString("R", CultureInfo.InvariantCulture)),
    ];

    // Without the line of names, which it checks.
    private static IEnumerable<string[]> ReadRows(string file)
    {
        using var text = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true));
        using var csv = new CsvParser(text, CultureInfo.InvariantCulture);
        if (!csv.Read() || csv.Count <= _columns.Length || !csv.Record!.Take(_columns.Length).SequenceEqual(_columns))
        {
            throw Bad(file, "its first line names other columns");
        }

        var width = csv.Count;
        while (csv.Read())
        {
            yield return csv.Count == width ? csv.Record! : throw new FormatException();
        }
    }

    private static ConfigurationException Bad(string file, string what) =>
        new($"{file} cannot be read: expected a CSV table with columns {string.Join(", ", _columns)}, f0, f1 and so on, but {what}. Write it again.");
}
