using System.Collections;
using TorchSharp.PyBridge;

namespace Parallax.Torch;

/// <summary>Reads the weights of files that PyTorch's <c>torch.save</c> wrote (<c>.pt</c>, <c>.pth</c>), without running any code of theirs.</summary>
/// <remarks>Files of PyTorch 1.6 and later, which are zip archives. What is no tensor (epoch, settings) is left out.</remarks>
public static class PyTorchFile
{
    private static readonly byte[] ZipStart = "PK\x03\x04"u8.ToArray();

    /// <summary>Whether a file begins as such files do. It says nothing about what is in it.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static bool Recognises(string path)
    {
        using var stream = Open(path);
        var start = new byte[ZipStart.Length];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.AsSpan().SequenceEqual(ZipStart);
    }

    /// <summary>Reads the tensors of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="section">
    /// Name of the dictionary in it that holds the weights, as checkpoints have several (<c>state_dict</c>, <c>model</c>, <c>teacher</c>).
    /// Null takes the tensors at the top, or those of the only dictionary that has any.
    /// </param>
    /// <returns>Tensors by name, on the CPU; the caller owns them.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is older than PyTorch 1.6, is cut short, or has no such section; the message names what it
    /// holds.</exception>
    public static Dictionary<string, Tensor> Load(string path, string? section = null)
    {
        var content = Unpickle(path);
        var sections = content.Cast<DictionaryEntry>().Where(entry => entry.Value is IDictionary inner && TensorsOf(inner).Count > 0)
            .ToDictionary(entry => $"{entry.Key}", entry => TensorsOf((IDictionary)entry.Value!), StringComparer.Ordinal);
        var known = $"Dictionaries with tensors in it: {(sections.Count == 0 ? "none" : string.Join(", ", sections.Keys.Order(StringComparer.Ordinal)))}.";
        if (section is not null)
        {
            return sections.GetValueOrDefault(section) ?? throw new InvalidDataException($"'{path}' has no dictionary '{section}' with tensors. {known}");
        }

        var top = TensorsOf(content);
        if (top.Count > 0)
        {
            return top;
        }

        return sections.Count == 1 ? sections.Values.Single()
            : throw new InvalidDataException($"'{path}' does not say which weights to take. {known} Name one of them.");
    }

    private static Hashtable Unpickle(string path)
    {
        if (!Recognises(path))
        {
            throw new InvalidDataException(
                $"Cannot read '{path}' as a file of torch.save: it is no zip archive. Is it cut short, or of PyTorch before 1.6? Then load it there and "
                    + "save it again.");
        }

        try
        {
            return PyTorchUnpickler.UnpickleStateDict(path);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException($"Cannot read '{path}' as a dictionary of tensors that torch.save wrote: {e.Message.Split('\n')[0]} Save a "
                + "state_dict(), not a module; tensors that are views of larger ones need clone() first.", e);
        }
    }

    private static Dictionary<string, Tensor> TensorsOf(IDictionary dictionary) =>
        dictionary.Cast<DictionaryEntry>().Where(entry => entry.Value is Tensor)
            .ToDictionary(entry => $"{entry.Key}", entry => (Tensor)entry.Value!, StringComparer.Ordinal);

    private static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path) ? File.OpenRead(path) : throw new FileNotFoundException($"There is no file '{path}'.", path);
    }
}
