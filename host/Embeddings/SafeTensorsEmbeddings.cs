using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Parallax.Host.Embeddings;

/// <summary>Tensors <c>features</c> [N, F] float32, <c>labels</c> [N] (-1 without), <c>contents</c> [N] (hash of the pixels), <c>names</c> (bytes of UTF-8, one
/// name behind the other) and <c>name_ends</c> [N] (where each ends); the metadata, with the classes as JSON, in the header.</summary>
internal sealed class SafeTensorsEmbeddings : IEmbeddingFormat
{
    private const string Features = "features", Labels = "labels", Contents = "contents", Names = "names", NameEnds = "name_ends";

    public void Write(string file, EmbeddingTable table)
    {
        var metadata = new Dictionary<string, string>(table.Metadata) { [EmbeddingMetadata.Classes] = JsonSerializer.Serialize(table.Classes) };
        var nameBytes = table.Images.Sum(image => (long)Encoding.UTF8.GetByteCount(image.Name));
        AtomicFile.Replace(file, stream => SafeTensors.Write(stream,
        [
            new(Features, ScalarType.Float32, [table.Rows, table.Width], target =>
            {
                foreach (var block in table.Blocks())
                {
                    target.Write(MemoryMarshal.AsBytes(block.Features.AsSpan()));
                }
            }),
            Longs(Labels, table.Images.Select(image => (long)image.Label)),
            Longs(Contents, table.Images.Select(image => unchecked((long)image.Content))),
            Longs(NameEnds, Ends(table.Images)),
            new(Names, ScalarType.Byte, [nameBytes], target =>
            {
                foreach (var image in table.Images)
                {
                    target.Write(Encoding.UTF8.GetBytes(image.Name));
                }
            }),
        ], metadata));

        SafeTensorsSource Longs(string name, IEnumerable<long> values) => new(name, ScalarType.Int64, [table.Rows], target => WriteLongs(target, values));
    }

    public EmbeddingSet Read(string file)
    {
        using var scope = torch.NewDisposeScope();
        try
        {
            var (tensors, metadata) = (SafeTensors.Load(file), SafeTensors.ReadHeader(file).Metadata);
            var classes = JsonSerializer.Deserialize<string[]>(metadata.GetValueOrDefault(EmbeddingMetadata.Classes, "[]"))!;

            return new(
                file, [.. ReadNames(tensors[Names].data<byte>().ToArray(), tensors[NameEnds].data<long>().ToArray())],
                [.. tensors[Labels].data<long>().ToArray().Select(label => label < 0 ? "" : classes[label])],
                [.. tensors[Contents].data<long>().ToArray().Select(content => unchecked((ulong)content))],
                tensors[Features].to(torch.float32).MoveToOuterDisposeScope(), metadata);
        }
        catch (Exception fault) when (fault is InvalidDataException or KeyNotFoundException or JsonException or IndexOutOfRangeException
            or ArgumentException)   // a tensor of another type
        {
            throw new ConfigurationException($"{file} cannot be read: expected the tensors {Features}, {Labels}, {Contents}, {Names} and {NameEnds} of "
                + $"'parallax embed' ({fault.Message.TrimEnd('.')}). Embed the images again.");
        }
    }

    private static IEnumerable<long> Ends(IEnumerable<EmbeddedImage> images)
    {
        var end = 0L;
        foreach (var image in images)
        {
            end += Encoding.UTF8.GetByteCount(image.Name);
            yield return end;
        }
    }

    private static IEnumerable<string> ReadNames(byte[] bytes, long[] ends) =>
        ends.Select((end, row) => Encoding.UTF8.GetString(bytes.AsSpan()[(int)(row == 0 ? 0 : ends[row - 1])..(int)end]));

    private static void WriteLongs(Stream target, IEnumerable<long> values)
    {
        var bytes = new byte[sizeof(long)];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            target.Write(bytes);
        }
    }
}
