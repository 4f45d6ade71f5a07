namespace Parallax.Host.Weights;

/// <summary>Reads and writes safetensors files: named tensors and strings, without code, readable from every framework.</summary>
/// <remarks>
/// Format: https://github.com/huggingface/safetensors. Eight bytes of header length, a JSON header, then the values, little-endian and row by row.
/// </remarks>
internal static class SafeTensors
{
    private const int Chunk = 1 << 24;

    /// <summary>Reads all tensors of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Tensors by name on the CPU, in the order of the file.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is cut short or no safetensors file; the message names it and what was expected.</exception>
    public static Dictionary<string, Tensor> Load(string path)
    {
        using var file = Open(path);
        var header = SafeTensorsHeader.Parse(path, file);
        var tensors = new Dictionary<string, Tensor>(header.Tensors.Count);
        foreach (var entry in header.Tensors)
        {
            file.Position = header.DataStart + entry.Begin;
            tensors.Add(entry.Name, ReadValues(file, entry.Type, entry.Shape));
        }

        return tensors;
    }

    /// <summary>Reads names, types, shapes and the strings of a file, not its values.</summary>
    /// <inheritdoc cref="Load"/>
    public static SafeTensorsHeader ReadHeader(string path)
    {
        using var file = Open(path);
        return SafeTensorsHeader.Parse(path, file);
    }

    /// <summary>Writes the content of a file to a stream.</summary>
    /// <param name="stream">Where to; a file that must survive a crash is written aside and renamed by the caller.</param>
    /// <param name="tensors">Tensors by name, on any device and in any layout.</param>
    /// <param name="metadata">Strings to store beside them.</param>
    /// <exception cref="ArgumentException">A tensor has a type that the format lacks, or a name is reserved.</exception>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        Write(stream, tensors.Select(tensor => SafeTensorsSource.Of(tensor.Key, tensor.Value)), metadata);
    }

    /// <summary>Writes tensors that need not be in memory.</summary>
    /// <inheritdoc cref="Write(Stream, IEnumerable{KeyValuePair{string, Tensor}}, IReadOnlyDictionary{string, string}?)"/>
    public static void Write(Stream stream, IEnumerable<SafeTensorsSource> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        new SafeTensorsWriter(tensors, metadata).Write(stream);

    /// <summary>Reads the values of a tensor.</summary>
    /// <param name="stream">At the first of them, little-endian and row by row.</param>
    /// <param name="type">Type of its elements.</param>
    /// <param name="shape">Its sizes.</param>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public static unsafe Tensor ReadValues(Stream stream, ScalarType type, IReadOnlyList<long> shape)
    {
        var tensor = empty([.. shape], type);
        var start = (byte*)TensorMemory.Address(tensor);
        var bytes = tensor.numel() * SafeTensorsType.ByteSize(type);
        for (var done = 0L; done < bytes; done += Chunk)
        {
            stream.ReadExactly(new Span<byte>(start + done, (int)Math.Min(Chunk, bytes - done)));
        }

        return tensor;
    }

    private static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path)
            ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
            : throw new FileNotFoundException($"There is no file '{path}'.", path);
    }
}
