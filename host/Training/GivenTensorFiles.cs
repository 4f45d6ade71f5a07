using Microsoft.Extensions.Logging;
using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>Gives the tensors of a method what files hold, as the method declares.</summary>
internal static class GivenTensorFiles
{
    private const int Shown = 3;

    /// <summary>Loads all of them.</summary>
    /// <param name="experiment">Where no step has been done yet.</param>
    /// <exception cref="ConfigurationException">A file is not there, is none of the known kinds, or has not one tensor of that shape: key, value and what it
    /// has.</exception>
    public static void Load(Experiment experiment)
    {
        foreach (var given in (experiment.Method as IStartingWeights)?.GivenTensors ?? [])
        {
            using var scope = torch.NewDisposeScope();
            using var noGradients = torch.no_grad();
            var (name, value) = Chosen(given, Read(given));
            given.Target.copy_(value);
            experiment.Logger.LogInformation("{Key}: {Name} {Shape} of '{File}'.", given.Key, name, Shape(value), given.File);
        }
    }

    private static Dictionary<string, Tensor> Read(GivenTensor given)
    {
        try
        {
            return !File.Exists(given.File) ? throw new FileNotFoundException($"There is no file '{given.File}'.")
                : NumPyArray.Recognises(given.File) ? new() { ["the array"] = NumPyArray.Read(given.File) }
                : PyTorchFile.Recognises(given.File) ? PyTorchFile.Load(given.File)
                : SafeTensors.Load(given.File);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or ConfigurationException)
        {
            throw new ConfigurationException($"{given.Key} is '{given.File}': {e.Message} "
                + "Expected a safetensors file, an array of NumPy (.npy), or a file that torch.save wrote (.pth, .pt).");
        }
    }

    private static (string Name, Tensor Value) Chosen(GivenTensor given, Dictionary<string, Tensor> found)
    {
        var fitting = found.Where(entry => entry.Value.shape.SequenceEqual(given.Target.shape)).OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList();
        var wanted = $"Expected one tensor of {Shape(given.Target)}: {given.Meaning}.";
        var some = found.OrderBy(entry => entry.Key, StringComparer.Ordinal).Take(Shown).Select(entry => $"{entry.Key} {Shape(entry.Value)}");
        var all = string.Join(", ", some) + (found.Count > Shown ? ", ..." : "");

        return fitting.Count switch
        {
            1 => (fitting[0].Key, fitting[0].Value),
            0 => throw new ConfigurationException($"{given.Key} is '{given.File}', which has {all}. {wanted}"),
            _ => throw new ConfigurationException(
                $"{given.Key} is '{given.File}', which has {fitting.Count} such tensors: {string.Join(", ", fitting.Select(entry => entry.Key))}. {wanted}"),
        };
    }

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
