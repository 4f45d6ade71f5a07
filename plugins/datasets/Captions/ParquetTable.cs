using Parquet;
using Parquet.Schema;

namespace Parallax.Plugins.Datasets;

/// <summary>Reads a Parquet table of paths and captions.</summary>
internal static class ParquetTable
{
    /// <param name="table">The file.</param>
    /// <param name="options">Names of the columns.</param>
    /// <exception cref="ConfigurationException">The file is no Parquet table, or a column is missing or has no text.</exception>
    public static CaptionedFiles Read(string table, ImageTextOptions options)
    {
        try
        {
            return ReadAsync(table, options).GetAwaiter().GetResult();
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or ParquetException or ArgumentException)
        {
            throw new ConfigurationException($"{table} cannot be read as a Parquet table: {fault.Message.TrimEnd('.')}. Copy or write it again.");
        }
    }

    private static async Task<CaptionedFiles> ReadAsync(string table, ImageTextOptions options)
    {
        await using var reader = await ParquetReader.CreateAsync(table).ConfigureAwait(false);
        DataField[] fields = [.. reader.Schema.DataFields];
        var rows = new TableRows(table, options, [.. fields.Select(field => field.Name)]);
        var (pathField, captionField) = (Text(table, fields[rows.PathColumn]), Text(table, fields[rows.CaptionColumn]));
        var before = 0L;
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            using var part = reader.OpenRowGroupReader(group);
            var (paths, captions) = (new string?[part.RowCount], new string?[part.RowCount]);
            await part.ReadAsync(pathField, paths.AsMemory()).ConfigureAwait(false);
            await part.ReadAsync(captionField, captions.AsMemory()).ConfigureAwait(false);
            for (var row = 0; row < paths.Length; row++)
            {
                rows.Add(paths[row], captions[row], $"{table}, row {before + row + 1}");
            }

            before += part.RowCount;
        }

        return rows.Finish("a Parquet table");
    }

    private static DataField Text(string table, DataField field) => field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>)
        ? field
        : throw new ConfigurationException($"The column '{field.Name}' of {table} holds {field.ClrType.Name}, but paths and captions are text. "
            + "Name another with data.pathColumn or data.captionColumn.");
}
