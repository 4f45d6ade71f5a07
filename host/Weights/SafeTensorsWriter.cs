using System.Buffers.Binary;
using System.Text.Json;

namespace Parallax.Host.Weights;

/// <summary>Lays tensors out and writes them one by one.</summary>
internal sealed class SafeTensorsWriter
{
    private readonly List<SafeTensorsSource> _tensors;
    private readonly IReadOnlyDictionary<string, string>? _metadata;

    public SafeTensorsWriter(IEnumerable<SafeTensorsSource> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        // Wide types first: every tensor is then aligned to its element size, and can be mapped without copying.
        _tensors = [.. tensors.OrderByDescending(t => SafeTensorsType.ByteSize(t.Type)).ThenBy(t => t.Name, StringComparer.Ordinal)];
        _tensors.ForEach(t => SafeTensorsType.Name(t.Type));   // throws for a type that the format lacks, before anything is written
        _metadata = metadata;
        if (_tensors.Any(t => t.Name == SafeTensorsHeader.MetadataKey))
        {
            throw new ArgumentException($"No tensor can be named {SafeTensorsHeader.MetadataKey}, the format uses it for strings.", nameof(tensors));
        }
    }

    /// <summary>Writes the whole file.</summary>
    public void Write(Stream stream)
    {
        var header = Header();
        Span<byte> length = stackalloc byte[SafeTensorsHeader.LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        _tensors.ForEach(tensor => tensor.Write(stream));
    }

    private byte[] Header()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteMetadata(json);
            WriteEntries(json);
            json.WriteEndObject();
        }

        while (buffer.Length % SafeTensorsHeader.LengthBytes != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    private void WriteMetadata(Utf8JsonWriter json)
    {
        if (_metadata is not { Count: > 0 })
        {
            return;
        }

        json.WriteStartObject(SafeTensorsHeader.MetadataKey);
        foreach (var (key, value) in _metadata)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private void WriteEntries(Utf8JsonWriter json)
    {
        var position = 0L;
        foreach (var tensor in _tensors)
        {
            var end = position + tensor.Shape.Aggregate((long)SafeTensorsType.ByteSize(tensor.Type), (product, size) => product * size);
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", SafeTensorsType.Name(tensor.Type));
            WriteArray(json, "shape", tensor.Shape);
            WriteArray(json, "data_offsets", [position, end]);
            json.WriteEndObject();
            position = end;
        }
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IEnumerable<long> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
