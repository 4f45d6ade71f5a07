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
            tensors.Add(entry.Name, Read(file, header.DataStart + entry.Begin, entry));
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
        new SafeTensorsWriter(tensors, metadata).Write(stream);
    }

    private static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path)
            ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
            : throw new FileNotFoundException($"There is no file '{path}'.", path);
    }

    private static unsafe Tensor Read(FileStream file, long offset, SafeTensorsEntry entry)
    {
        var tensor = empty([.. entry.Shape], entry.Type);
        var start = (byte*)TensorMemory.Address(tensor);
        var bytes = tensor.numel() * SafeTensorsType.ByteSize(entry.Type);
        file.Position = offset;
        for (var done = 0L; done < bytes; done += Chunk)
        {
            file.ReadExactly(new Span<byte>(start + done, (int)Math.Min(Chunk, bytes - done)));
        }

        return tensor;
    }
}
