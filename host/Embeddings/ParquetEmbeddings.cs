using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace Parallax.Host.Embeddings;

/// <summary>A table with columns <c>name</c>, <c>label</c> (-1 without), <c>class</c>, <c>content</c> (hash of the pixels, hexadecimal) and <c>features</c>, a
/// list of float32; the metadata with the file.</summary>
internal sealed class ParquetEmbeddings : IEmbeddingFormat
{
    private const long NumbersPerGroup = 1 << 22;

    private static readonly DataField<string> _name = new("name"), _class = new("class"), _content = new("content");
    private static readonly DataField<int> _label = new("label");
    private static readonly DataField<float> _number = new("element");
    private static readonly ParquetSchema _schema = new(_name, _label, _class, _content, new ListField("features", _number));

    public void Write(string file, EmbeddingTable table) =>
        AtomicFile.Replace(file, stream => WriteAsync(stream, table).GetAwaiter().GetResult());

    public EmbeddingSet Read(string file)
    {
        try
        {
            return ReadAsync(file).GetAwaiter().GetResult().ToSet(file);
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or ParquetException or ArgumentException or FormatException
            or ArithmeticException or InvalidOperationException)
        {
            throw new ConfigurationException($"{file} cannot be read as a Parquet table of embeddings: {fault.Message.TrimEnd('.')}. Embed the images again.");
        }
    }

    private static async Task WriteAsync(Stream stream, EmbeddingTable table)
    {
        await using var writer = await ParquetWriter.CreateAsync(_schema, stream);
        writer.CustomMetadata = new Dictionary<string, string>(table.Metadata);
        var (rows, blocks) = (0L, new List<EmbeddingBlock>());
        foreach (var block in table.Blocks())
        {
            blocks.Add(block);
            rows += block.Rows.Count;
            if (rows * table.Width >= NumbersPerGroup)
            {
                await WriteGroupAsync(writer, table, blocks);
                (rows, blocks) = (0, []);
            }
        }

        if (rows > 0)
        {
            await WriteGroupAsync(writer, table, blocks);
        }
    }

    private static async Task WriteGroupAsync(ParquetWriter writer, EmbeddingTable table, List<EmbeddingBlock> blocks)
    {
        EmbeddedImage[] images = [.. blocks.SelectMany(block => block.Rows)];
        float[] numbers = [.. blocks.SelectMany(block => block.Features)];
        int[] beginnings = [.. Enumerable.Range(0, numbers.Length).Select(number => number % table.Width == 0 ? 0 : 1)];   // 0 begins a row
        int[] definitions = [.. Enumerable.Repeat(_number.MaxDefinitionLevel, numbers.Length)];                            // none is missing
        using var group = writer.CreateRowGroup();
        await group.WriteAsync(_name, [.. images.Select(image => image.Name)]);
        await group.WriteAsync<int>(_label, images.Select(image => image.Label).ToArray());
        await group.WriteAsync(_class, [.. images.Select(table.ClassOf)]);
        await group.WriteAsync(_content, [.. images.Select(image => image.Content.ToString("x16", CultureInfo.InvariantCulture))]);
        await group.WriteAllPartsAsync<float>(_number, numbers, definitions, beginnings, CancellationToken.None);
    }

    private static async Task<Columns> ReadAsync(string file)
    {
        await using var reader = await ParquetReader.CreateAsync(file);
        if (!Kinds(reader.Schema).SequenceEqual(Kinds(_schema)))
        {
            throw new InvalidDataException("it has other columns than name, label, class, content and features, or numbers of another type in them");
        }

        DataField[] fields = [.. reader.Schema.DataFields];
        var columns = new Columns([], [], [], [], new Dictionary<string, string>(reader.CustomMetadata));
        for (var place = 0; place < reader.RowGroupCount; place++)
        {
            using var group = reader.OpenRowGroupReader(place);
            columns.Names.AddRange(await TextsAsync(group, fields[0]));
            columns.Classes.AddRange(await TextsAsync(group, fields[2]));
            columns.Contents.AddRange(await TextsAsync(group, fields[3]));
            var count = group.GetMetadata(fields[4])?.MetaData?.NumValues ?? throw new InvalidDataException("a part of it has no features");
            var (numbers, definitions, beginnings) = (new float[count], new int[count], new int[count]);
            await group.ReadRawAsync<float>(fields[4], numbers, definitions, beginnings);
            columns.Features.Add(Array.TrueForAll(definitions, level => level == fields[4].MaxDefinitionLevel)
                && beginnings.Count(level => level == 0) == group.RowCount && count % group.RowCount == 0
                ? (group.RowCount, numbers) : throw new InvalidDataException("a row of it has no features"));
        }

        return columns.Features.Count > 0 ? columns : throw new InvalidDataException("it has no rows");
    }

    private static IEnumerable<(string Path, Type Type)> Kinds(ParquetSchema schema) =>
        schema.DataFields.Select(field => (FormattableString.Invariant($"{field.Path}"), field.ClrType));

    private static async Task<IEnumerable<string>> TextsAsync(ParquetRowGroupReader group, DataField field)
    {
        var texts = new string?[group.RowCount];
        await group.ReadAsync(field, texts.AsMemory());

        return texts.Select(text => text ?? "");
    }

    /// <summary>What a file holds: of <c>features</c>, rows and numbers of each part.</summary>
    private sealed record Columns(
        List<string> Names, List<string> Classes, List<string> Contents, List<(long Rows, float[] Numbers)> Features, Dictionary<string, string> Metadata)
    {
        // No tensor is made while something is awaited: scopes belong to threads.
        public EmbeddingSet ToSet(string file)
        {
            using var scope = torch.NewDisposeScope();
            var features = torch.cat([.. Features.Select(part => torch.tensor(part.Numbers).view(part.Rows, -1))]);   // [N, F]

            return new(
                file, Names, Classes, [.. Contents.Select(text => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture))],
                features.MoveToOuterDisposeScope(), Metadata);
        }
    }
}
