namespace Parallax.Engine;

/// <summary>Reads and writes safetensors files: named tensors and strings, without code, readable from every framework.</summary>
/// <remarks>
/// Format: https://github.com/huggingface/safetensors. Eight bytes of header length, a JSON header, then the values, little-endian and row by row.
/// </remarks>
public static class SafeTensors
{
    /// <summary>Maps a file into memory and gives its tensors without copying.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where the tensors go; the CPU by default, another device means a copy.</param>
    /// <returns>Tensors by name, in the order of the file. Changing one never changes the file (copy on write).</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is cut short or no safetensors file; the message names it and what was expected.</exception>
    public static Dictionary<string, Tensor> Load(string path, Device? device = null)
    {
        using var file = MappedFile.Open(path);
        var header = SafeTensorsHeader.Parse(path, file.Bytes);
        var tensors = new Dictionary<string, Tensor>(header.Tensors.Count);
        foreach (var entry in header.Tensors)
        {
            var tensor = file.Tensor(header.DataStart + entry.Begin, entry.Shape, entry.Type);
            if (device is not null && device.type != DeviceType.CPU)
            {
                using var mapped = tensor;
                tensor = mapped.to(device);
            }

            tensors.Add(entry.Name, tensor);
        }

        return tensors;
    }

    /// <summary>Reads names, types, shapes and the strings of a file, not its values.</summary>
    /// <inheritdoc cref="Load"/>
    public static SafeTensorsHeader ReadHeader(string path)
    {
        using var file = MappedFile.Open(path);
        return SafeTensorsHeader.Parse(path, file.Bytes);
    }

    /// <summary>Writes a file so that at any moment, even after a power cut, the path holds either the old or the whole new file.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">Tensors by name, on any device and in any layout.</param>
    /// <param name="metadata">Strings to store beside them.</param>
    /// <exception cref="ArgumentException">A tensor has a type that the format lacks, or a name is reserved.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var writer = new SafeTensorsWriter(tensors, metadata);
        DurableFile.Replace(path, writer.Write);
    }
}
