using System.Globalization;
using System.Text.Json;

namespace Parallax.Host.Training;

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
/// The newest few are kept, and the best. Each holds a hash of itself, so that damage is noticed.
/// </summary>
internal sealed class CheckpointStore(string directory, int keep)
{
    private const string StateKey = "parallax.state", RecipeKey = "parallax.recipe", Prefix = "step-", Extension = ".safetensors";

    public const string MethodPrefix = "method.", OptimizerPrefix = "optimizer.";

    /// <summary>The newest checkpoint of the directory, or null.</summary>
    public string? Latest => NewestFirst.FirstOrDefault();

    /// <summary>What the newest checkpoint says of the run, without its tensors; null where none can be read.</summary>
    public CheckpointState? NewestState => NewestFirst.Select(StateOf).OfType<CheckpointState>().FirstOrDefault();

    /// <summary>All checkpoints but the best, newest first.</summary>
    public IEnumerable<string> NewestFirst => Existing().Reverse();

    /// <summary>The checkpoints of steps after this one, the best excepted.</summary>
    public IReadOnlyList<string> After(long step) => [.. Existing().Where(file => string.CompareOrdinal(file, PathOf(step)) > 0)];

    /// <summary>The newest checkpoint of this step or one before it, the best excepted; null when there is none.</summary>
    public string? NewestUpTo(long step) => NewestFirst.FirstOrDefault(file => string.CompareOrdinal(file, PathOf(step)) <= 0);

    /// <summary>The step of <see cref="NewestUpTo"/>.</summary>
    public long? StepUpTo(long step) => NewestUpTo(step) is { } path && long.TryParse(
        Path.GetFileNameWithoutExtension(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : null;

    public string BestPath => Path.Combine(directory, "best.safetensors");

    /// <summary>Writes a checkpoint. It is the newest then: those of later steps belong to a course of the run that was given up, and are removed with those
    /// beyond the number kept.</summary>
    /// <returns>Its file.</returns>
    /// <exception cref="ConfigurationException">The disk does not take it; those written before are whole.</exception>
    public string Save(CheckpointState state, string recipe, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var path = PathOf(state.Position.Step);
        var metadata = new Dictionary<string, string>
        {
            [StateKey] = JsonSerializer.Serialize(state),
            [RecipeKey] = recipe,
            [FileHash.Key] = FileHash.Placeholder,
        };
        RunFile.Replace(path, stream => FileHash.Write(stream, target => SafeTensors.Write(target, tensors, metadata)));
        var later = After(state.Position.Step);
        foreach (var old in later.Concat(Existing().Except(later).SkipLast(keep)))
        {
            File.Delete(old);
        }

        return path;
    }

    /// <summary>Keeps a copy of a checkpoint as the best one.</summary>
    public void MarkBest(string path)
    {
        RunFile.Replace(BestPath, stream =>
        {
            using var source = File.OpenRead(path);
            source.CopyTo(stream);
        });
    }

    /// <exception cref="ConfigurationException">The file is missing or damaged, no checkpoint, or of a format this version does not know.</exception>
    public static Checkpoint Load(string path) => TryLoad(path, out var fault) ?? throw new ConfigurationException(fault!);

    /// <summary>Reads a checkpoint whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fault">Why it cannot be read; null when it can.</param>
    /// <returns>Null when the file is missing, damaged or no checkpoint.</returns>
    /// <exception cref="ConfigurationException">It is of a format this version does not know.</exception>
    public static Checkpoint? TryLoad(string path, out string? fault)
    {
        fault = null;
        try
        {
            var metadata = SafeTensors.ReadHeader(path).Metadata;
            var isWhole = FileHash.Verify(path, metadata);
            if (!metadata.TryGetValue(StateKey, out var json) || !metadata.TryGetValue(RecipeKey, out var recipe))
            {
                fault = $"'{path}' is a safetensors file but no Parallax checkpoint: its metadata lacks '{StateKey}'. Give a file from a run's checkpoints "
                    + "folder.";
                return null;
            }

            var state = CheckpointState.Parse(json, recipe);
            fault = isWhole || state.Format < CheckpointState.CurrentFormat ? null : $"The checkpoint cannot be read: '{path}' holds no hash of its bytes. "
                + "Give another one; a run keeps several.";

            return fault is null ? new(path, state, recipe, SafeTensors.Load(path)) : null;
        }
        catch (NotSupportedException e)
        {
            throw new ConfigurationException($"'{path}' {e.Message}. Use the version of Parallax that wrote it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            fault = $"The checkpoint cannot be read: {e.Message} Give another one; a run keeps several.";
        }
        catch (Exception e) when (e is JsonException or ConfigurationException or InvalidOperationException or FormatException)
        {
            fault = $"The checkpoint cannot be read: what '{path}' says about itself is no state of a run ({e.Message}). "
                + "Give another one; a run keeps several.";
        }

        return null;
    }

    /// <summary>Reads the newest checkpoint that is whole.</summary>
    /// <param name="report">Receives those that were passed over.</param>
    /// <returns>Null when there is none at all.</returns>
    /// <exception cref="ConfigurationException">None is whole, or one is of a format this version does not know.</exception>
    public Checkpoint? LoadNewest(Action<string> report)
    {
        List<string> faults = [];
        foreach (var path in NewestFirst)
        {
            if (TryLoad(path, out var fault) is { } checkpoint)
            {
                faults.ForEach(report);
                if (faults.Count > 0)
                {
                    report($"Taking the one before it, '{path}'.");
                }

                return checkpoint;
            }

            faults.Add(fault!);
        }

        return faults.Count == 0 ? null : throw new ConfigurationException([.. faults, $"'{directory}' holds no other checkpoint. Give a file that is "
            + "whole, or start a new run."]);
    }

    /// <summary>Removes what a killed process left of a checkpoint it was writing. Only for the process that owns the run.</summary>
    public void RemoveUnfinished()
    {
        foreach (var file in Directory.Exists(directory) ? Directory.GetFiles(directory) : [])
        {
            if (Path.GetFileName(file) is ['.', ..] name && name.Contains(Extension, StringComparison.Ordinal))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>What a checkpoint says of its run, without its tensors; null where it cannot be read.</summary>
    public static CheckpointState? StateOf(string path)
    {
        try
        {
            var metadata = SafeTensors.ReadHeader(path).Metadata;

            return metadata.TryGetValue(StateKey, out var json) && metadata.TryGetValue(RecipeKey, out var recipe) ? CheckpointState.Parse(json, recipe) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or JsonException or ConfigurationException
            or InvalidOperationException or FormatException or NotSupportedException)
        {
            return null;
        }
    }

    private string PathOf(long step) => Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D8}{Extension}"));

    private IEnumerable<string> Existing() =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory, $"{Prefix}*{Extension}").Order(StringComparer.Ordinal) : [];
}
