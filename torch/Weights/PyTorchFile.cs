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
    /// <returns>
    /// Tensors by name, on the CPU; the caller owns them. Those of dictionaries in it, as checkpoints have them (<c>state_dict</c>, <c>teacher</c>), begin with
    /// the dictionary's name and a point.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is older than PyTorch 1.6, is cut short, or has no tensors.</exception>
    public static Dictionary<string, Tensor> Load(string path)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        Collect(Unpickle(path), "", tensors);

        return tensors.Count > 0 ? tensors : throw new InvalidDataException($"'{path}' has no dictionary of tensors. Save a state_dict().");
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

    private static void Collect(IDictionary dictionary, string prefix, Dictionary<string, Tensor> tensors)
    {
        foreach (DictionaryEntry entry in dictionary)
        {
            if (entry.Value is Tensor tensor)
            {
                tensors[$"{prefix}{entry.Key}"] = tensor;
            }
            else if (entry.Value is IDictionary inner)
            {
                Collect(inner, $"{prefix}{entry.Key}.", tensors);
            }
        }
    }

    private static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path) ? File.OpenRead(path) : throw new FileNotFoundException($"There is no file '{path}'.", path);
    }
}
