using System.Buffers.Binary;
using System.Text.Json;

namespace Parallax.Host.Weights;

/// <summary>Lays tensors out and writes them one by one.</summary>
internal sealed class SafeTensorsWriter
{
    private const int Chunk = 1 << 24;

    private readonly List<KeyValuePair<string, Tensor>> _tensors;
    private readonly IReadOnlyDictionary<string, string>? _metadata;

    public SafeTensorsWriter(IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        // Wide types first: every tensor is then aligned to its element size, and can be mapped without copying.
        _tensors = [.. tensors.OrderByDescending(t => SafeTensorsType.ByteSize(t.Value.dtype)).ThenBy(t => t.Key, StringComparer.Ordinal)];
        _tensors.ForEach(t => SafeTensorsType.Name(t.Value.dtype));   // throws for a type that the format lacks, before anything is written
        _metadata = metadata;
        if (_tensors.Any(t => t.Key == SafeTensorsHeader.MetadataKey))
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
        foreach (var (_, tensor) in _tensors)
        {
            WriteValues(stream, tensor);
        }
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
        foreach (var (name, tensor) in _tensors)
        {
            var end = position + (tensor.numel() * SafeTensorsType.ByteSize(tensor.dtype));
            json.WriteStartObject(name);
            json.WriteString("dtype", SafeTensorsType.Name(tensor.dtype));
            WriteArray(json, "shape", tensor.shape);
            WriteArray(json, "data_offsets", [position, end]);
            json.WriteEndObject();
            position = end;
        }
    }

    private static void WriteArray(Utf8JsonWriter json, string name, long[] values)
    {
        json.WriteStartArray(name);
        Array.ForEach(values, json.WriteNumberValue);
        json.WriteEndArray();
    }

    private static unsafe void WriteValues(Stream stream, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var values = tensor.detach().cpu().contiguous();
        var start = (byte*)TensorMemory.Address(values);
        var bytes = values.numel() * values.element_size();
        for (var done = 0L; done < bytes; done += Chunk)
        {
            stream.Write(new ReadOnlySpan<byte>(start + done, (int)Math.Min(Chunk, bytes - done)));
        }
    }
}
