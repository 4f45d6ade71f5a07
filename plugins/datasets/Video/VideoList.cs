using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using ConfigurationException = Parallax.Contracts.ConfigurationException;

namespace Parallax.Plugins.Datasets;

/// <summary>A line of a list.</summary>
/// <param name="Path">Path of a video.</param>
/// <param name="Label">Its class; null where the list has none.</param>
/// <param name="Line">Number of the line, from 1.</param>
internal sealed record VideoRow(string Path, string? Label, int Line);

/// <summary>Reads lists of videos in UTF-8: <c>PATH,CLASS</c> (RFC 4180) or <c>PATH CLASS</c> in each line, or only <c>PATH</c>.</summary>
/// <remarks>
/// The first line decides: where it has a comma, or is <c>path</c>, the list is CSV. It may name the columns, of which <c>path</c> and <c>label</c> are then
/// taken; else there are two. Without commas, the class is what stands behind the last blank, as in the lists of UCF101, of SlowFast and of MMAction2.
/// </remarks>
/// <param name="Rows">One for each video.</param>
internal sealed record VideoList(IReadOnlyList<VideoRow> Rows)
{
    private const string PathColumn = "path", LabelColumn = "label";
    internal static readonly string[] ListExtensions = [".csv", ".txt"];

    public static bool IsList(string location) =>
        File.Exists(location) && ListExtensions.Contains(Path.GetExtension(location), StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ConfigurationException">A line is none of a list, or there are none: names file and line.</exception>
    public static VideoList Read(string list)
    {
        try
        {
            VideoRow[] rows = IsCsv(list) ? [.. FromCsv(list)] : [.. FromLines(list)];

            return rows.Length > 0 ? new(rows) : throw new ConfigurationException(
                $"{list} lists no videos. Expected the path of one and its class in each line.");
        }
        catch (DecoderFallbackException)
        {
            throw new ConfigurationException($"{list} cannot be read: it is not UTF-8.");
        }
    }

    private static StreamReader Text(string list) => new(list, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));

    private static bool IsCsv(string list)
    {
        using var text = Text(list);

        return text.ReadLine() is { } line && (line.Contains(',', StringComparison.Ordinal) || line.Equals(PathColumn, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<VideoRow> FromLines(string list)
    {
        using var text = Text(list);
        for (var number = 1; text.ReadLine() is { } line; number++)
        {
            line = line.Trim();
            var blank = line.LastIndexOfAny([' ', '\t']);
            var label = blank < 0 || FileKind.Video.Has(Path.GetExtension(line)) ? null : line[(blank + 1)..];
            if (line.Length > 0)
            {
                yield return new(label is null ? line : line[..blank].TrimEnd(), label, number);
            }
        }
    }

    private static IEnumerable<VideoRow> FromCsv(string list)
    {
        using var text = Text(list);
        using var csv = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture) { HasHeaderRecord = false, IgnoreBlankLines = true });
        var (path, label, columns) = (0, 1, 2);
        while (ReadRow(csv, list) is { } fields)
        {
            if (csv.Parser.Row == 1 && fields.Contains(PathColumn, StringComparer.OrdinalIgnoreCase))
            {
                (path, label, columns) = (Column(fields, PathColumn), Column(fields, LabelColumn), fields.Length);
                continue;
            }

            if (fields.Length != columns)
            {
                throw new ConfigurationException($"{list}:{csv.Parser.RawRow} has {fields.Length} fields instead of {columns}. Expected PATH,CLASS in each "
                    + $"line, or a first line that names the columns, {PathColumn} and {LabelColumn} among them.");
            }

            yield return Complete(new(fields[path].Trim(), label < 0 ? null : fields[label].Trim(), csv.Parser.RawRow), list);
        }
    }

    private static VideoRow Complete(VideoRow row, string list) => row is { Path: not "", Label: not "" } ? row : throw new ConfigurationException(
        $"{list}:{row.Line} has an empty {(row.Path.Length == 0 ? "path" : "class")}. Expected PATH,CLASS in each line, or one path in each line where there "
        + "are no classes.");

    private static int Column(string[] names, string name) => Array.FindIndex(names, column => column.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string[]? ReadRow(CsvReader csv, string list)
    {
        try
        {
            return csv.Read() ? csv.Parser.Record : null;
        }
        catch (BadDataException)
        {
            throw new ConfigurationException($"{list}:{csv.Parser.RawRow} cannot be read: a field has a quote within it; quote the whole field and double the "
                + "quote.");
        }
    }
}
