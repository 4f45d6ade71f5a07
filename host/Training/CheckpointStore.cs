using System.Globalization;
using System.Text.Json;

namespace Parallax.Host.Training;

/// <summary>What a checkpoint knows besides tensors.</summary>
/// <param name="Format">Version of the layout; a reader refuses what it does not know.</param>
/// <param name="RunId">The tracked run it belongs to.</param>
/// <param name="Position">Where training stands.</param>
/// <param name="BestAccuracy">Best online accuracy so far, a fraction; null before the first evaluation.</param>
internal sealed record CheckpointState(int Format, string RunId, TrainingPosition Position, double? BestAccuracy)
{
    public const int CurrentFormat = 1;
}

/// <summary>A checkpoint that was read: state, resolved recipe and tensors by name. Dispose it when the tensors are copied.</summary>
internal sealed record Checkpoint(string Path, CheckpointState State, string Recipe, IReadOnlyDictionary<string, Tensor> Tensors) : IDisposable
{
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values)
        {
            tensor.Dispose();
        }
    }
}

/// <summary>
/// Writes and finds checkpoints: one safetensors file each, written under a temporary name and renamed, so a killed process leaves the previous one whole.
/// The newest few are kept, and the best.
/// </summary>
internal sealed class CheckpointStore(string directory, int keep)
{
    private const string StateKey = "parallax.state", RecipeKey = "parallax.recipe";

    public const string MethodPrefix = "method.", OptimizerPrefix = "optimizer.";

    /// <summary>The newest checkpoint of the directory, or null.</summary>
    public string? Latest => Existing().LastOrDefault();

    public string BestPath => Path.Combine(directory, "best.safetensors");

    /// <exception cref="ConfigurationException">The disk does not take it; those written before are whole.</exception>
    public string Save(CheckpointState state, string recipe, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var path = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"step-{state.Position.Step:D8}.safetensors"));
        var metadata = new Dictionary<string, string> { [StateKey] = JsonSerializer.Serialize(state), [RecipeKey] = recipe };
        RunFile.Replace(path, stream => SafeTensors.Write(stream, tensors, metadata));
        foreach (var old in Existing().SkipLast(keep))
        {
            File.Delete(old);
        }

        return path;
    }

    /// <summary>Keeps a copy of a checkpoint as the best one.</summary>
    public void MarkBest(string path)
    {
        using var source = File.OpenRead(path);
        RunFile.Replace(BestPath, source.CopyTo);
    }

    /// <exception cref="ConfigurationException">The file is missing, no checkpoint, or of a format this version does not know.</exception>
    public static Checkpoint Load(string path)
    {
        var metadata = ReadMetadata(path);
        if (!metadata.TryGetValue(StateKey, out var json) || !metadata.TryGetValue(RecipeKey, out var recipe))
        {
            throw new ConfigurationException($"'{path}' is a safetensors file but no Parallax checkpoint: its metadata lacks '{StateKey}'. Give a file from a run's checkpoints folder.");
        }

        var state = JsonSerializer.Deserialize<CheckpointState>(json)!;

        return state.Format == CheckpointState.CurrentFormat
            ? new(path, state, recipe, SafeTensors.Load(path))
            : throw new ConfigurationException($"'{path}' has checkpoint format {state.Format}; this version reads format {CheckpointState.CurrentFormat}. Use the version of Parallax that wrote it.");
    }

    private static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        try
        {
            return SafeTensors.ReadHeader(path).Metadata;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new ConfigurationException($"The checkpoint cannot be read: {e.Message} Give another one; a run keeps several.");
        }
    }

    private IEnumerable<string> Existing() =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "step-*.safetensors").Order(StringComparer.Ordinal) : [];
}
