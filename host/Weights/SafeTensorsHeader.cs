using System.Buffers.Binary;
using System.Text.Json;

namespace Parallax.Host.Weights;

/// <summary>What a safetensors file says about its content.</summary>
/// <param name="Tensors">Its tensors, in the order of their bytes.</param>
/// <param name="Metadata">Its strings.</param>
/// <param name="DataStart">Byte at which the values start.</param>
internal sealed record SafeTensorsHeader(IReadOnlyList<SafeTensorsEntry> Tensors, IReadOnlyDictionary<string, string> Metadata, long DataStart)
{
    internal const string MetadataKey = "__metadata__";
    internal const int LengthBytes = 8;
    private const long LongestHeader = 100_000_000;

    /// <summary>Reads and checks the header, and that the file is as long as it says.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="file">The file, at its start.</param>
    internal static SafeTensorsHeader Parse(string path, Stream file)
    {
        if (file.Length < LengthBytes)
        {
            throw Bad(path, $"it has {file.Length} bytes, and a safetensors file starts with an 8-byte header length. Is it cut short?");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(Next(file, LengthBytes));
        if (length > LongestHeader)
        {
            throw Bad(path, $"its header would have {length} bytes, more than {LongestHeader}. It is probably no safetensors file.");
        }

        var dataStart = LengthBytes + (long)length;
        if (dataStart > file.Length)
        {
            throw Bad(path, $"its header needs {length} bytes, but only {file.Length - LengthBytes} follow. It is cut short.");
        }

        var (tensors, metadata) = ReadJson(path, Next(file, (int)length));
        RequireExactCover(path, tensors, file.Length - dataStart);
        return new SafeTensorsHeader(tensors, metadata, dataStart);
    }

    private static byte[] Next(Stream file, int count)
    {
        var bytes = new byte[count];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static (List<SafeTensorsEntry> Tensors, Dictionary<string, string> Metadata) ReadJson(string path, ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            var tensors = new List<SafeTensorsEntry>();
            var metadata = new Dictionary<string, string>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataKey)
                {
                    metadata = property.Value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "");
                }
                else
                {
                    tensors.Add(ReadEntry(path, property.Name, property.Value));
                }
            }

            tensors.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
            return (tensors, metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw Bad(path, $"its header is not the JSON that safetensors defines ({e.Message}).", e);
        }
    }

    private static SafeTensorsEntry ReadEntry(string path, string name, JsonElement value)
    {
        var typeName = value.GetProperty("dtype").GetString();
        var type = SafeTensorsType.Parse(typeName)
            ?? throw Bad(path, $"tensor '{name}' has the type {typeName}; known are {SafeTensorsType.Known}.");
        var shape = value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var offsets = value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (offsets.Length != 2 || shape.Any(size => size < 0))
        {
            throw Bad(
                path, $"tensor '{name}' needs two data_offsets and sizes from 0; it has [{string.Join(", ", offsets)}] and [{string.Join(", ", shape)}].");
        }

        var entry = new SafeTensorsEntry(name, type, shape, offsets[0], offsets[1]);
        if (entry.Begin < 0 || entry.End - entry.Begin != entry.ExpectedBytes)
        {
            throw Bad(
                path,
                $"tensor '{name}' of type {typeName} and shape [{string.Join(", ", shape)}] needs {entry.ExpectedBytes} bytes, " +
                $"its offsets are {entry.Begin} to {entry.End}.");
        }

        return entry;
    }

    private static void RequireExactCover(string path, List<SafeTensorsEntry> tensors, long available)
    {
        var position = 0L;
        foreach (var entry in tensors)
        {
            if (entry.Begin != position)
            {
                throw Bad(
                    path,
                    $"tensor '{entry.Name}' starts at byte {entry.Begin} of the values instead of {position}: tensors may neither overlap nor leave holes.");
            }

            position = entry.End;
        }

        if (available != position)
        {
            var fault = available < position ? "It is cut short" : "Something was appended";
            throw Bad(path, $"its tensors need {position} bytes, and {available} follow the header. {fault}.");
        }
    }

    private static InvalidDataException Bad(string path, string what, Exception? inner = null) => new($"Cannot read '{path}' as safetensors: {what}", inner);
}
