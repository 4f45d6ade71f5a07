using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using ConfigurationException = Parallax.Contracts.ConfigurationException;

namespace Parallax.Plugins.Datasets;

/// <summary>Reads a CSV or TSV table of paths and captions in UTF-8; its first line names the columns.</summary>
/// <remarks>CSV is that of RFC 4180: fields in quotes may hold commas, line breaks and doubled quotes. In TSV a quote is a letter like any other.</remarks>
internal static class CaptionTable
{
    /// <param name="table">The file.</param>
    /// <param name="options">Names of the columns.</param>
    /// <param name="delimiter">What stands between fields: a comma, or a tabulator.</param>
    /// <exception cref="ConfigurationException">A column is missing, or a line is no row of the table: names the line.</exception>
    public static CaptionedFiles Read(string table, ImageTextOptions options, string delimiter)
    {
        var isTsv = delimiter == "\t";
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter, Mode = isTsv ? CsvMode.NoEscape : CsvMode.RFC4180, IgnoreBlankLines = true, MissingFieldFound = null,
        };
        using var text = new StreamReader(table, new UTF8Encoding(false, throwOnInvalidBytes: true));
        using var csv = new CsvReader(text, configuration);
        try
        {
            return Rows(csv, table, options, isTsv ? "a TSV table" : "a CSV table");
        }
        catch (Exception fault) when (fault is BadDataException or DecoderFallbackException)
        {
            var reason = fault is BadDataException ? "a field has a quote within it; quote the whole field and double the quote" : "it is not UTF-8";
            throw new ConfigurationException($"{table}:{csv.Parser.RawRow} cannot be read: {reason}.");
        }
    }

    private static CaptionedFiles Rows(CsvReader csv, string table, ImageTextOptions options, string form)
    {
        if (!csv.Read() || !csv.ReadHeader())
        {
            throw new ConfigurationException($"{table} is empty. Expected a line of column names, then a row for each image.");
        }

        var rows = new TableRows(table, options, csv.HeaderRecord!);
        while (csv.Read())
        {
            if (csv.Parser.Count != csv.HeaderRecord!.Length)
            {
                throw new ConfigurationException($"{table}:{csv.Parser.RawRow} has {csv.Parser.Count} fields, but the first line names "
                    + $"{csv.HeaderRecord.Length} columns. Quote fields that hold a {(csv.Configuration.Delimiter == "," ? "comma" : "tabulator")}.");
            }

            rows.Add(csv.GetField(rows.PathColumn), csv.GetField(rows.CaptionColumn), $"{table}:{csv.Parser.RawRow}");
        }

        return rows.Finish(form);
    }
}
