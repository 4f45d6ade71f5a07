using Parallax.Host.Configuration;

namespace Parallax.Host.Training;

/// <summary>A run to go on with, locked, and the checkpoint from which; null where it has none yet.</summary>
/// <param name="Directory">Its folder.</param>
/// <param name="Lock">That nobody else writes it.</param>
/// <param name="Checkpoint">What was read.</param>
/// <param name="Notes">What is different from then on, for the user.</param>
internal sealed record ResumePoint(RunDirectory Directory, RunLock Lock, Checkpoint? Checkpoint, IReadOnlyList<string> Notes) : IDisposable
{
    /// <summary>Everything that can be known before the data are read: which run, that nobody else writes it, a checkpoint that is whole, and settings that
    /// fit.</summary>
    /// <param name="configuration">What to train now.</param>
    /// <param name="wanted">What the command line says: a run, a folder, a checkpoint file, or <c>auto</c>.</param>
    /// <param name="report">Receives what was passed over.</param>
    /// <returns>Null when <c>auto</c> finds no run.</returns>
    /// <exception cref="ConfigurationException">It cannot be resumed; the message says why.</exception>
    public static ResumePoint? Find(ResolvedConfiguration configuration, string wanted, Action<string> report)
    {
        var root = configuration.Trainer.OutputDirectory;
        if (wanted == "auto")
        {
            return FindNewest(configuration, report);
        }

        var asked = File.Exists(wanted) || wanted.EndsWith(".safetensors", StringComparison.Ordinal) ? CheckpointStore.Load(wanted) : null;
        try
        {
            var directory = asked is null ? RunDirectory.Open(root, wanted) : OwnerOf(asked, root);
            var taken = RunLock.TryTake(directory.Path) ?? throw new ConfigurationException(
                $"Run {directory.Record.RunId} is being written by {Writer(directory)}. Wait for it to end, or start a new run without --resume.");

            return Open(configuration, directory.Reread(), taken, asked, report);
        }
        catch
        {
            asked?.Dispose();
            throw;
        }
    }

    /// <summary>The run that is meant, without its lock; null when <c>auto</c> finds none.</summary>
    public static RunDirectory? Locate(ResolvedConfiguration configuration, string wanted)
    {
        var root = configuration.Trainer.OutputDirectory;

        return wanted == "auto" ? RunDirectory.Resumable(root, RunDirectory.RecipeOf(configuration)).FirstOrDefault()
            : File.Exists(wanted) ? RunDirectory.Of(wanted)
            : RunDirectory.Open(root, wanted);
    }

    public void Dispose()
    {
        Checkpoint?.Dispose();
        Lock.Dispose();
    }

    private static ResumePoint? FindNewest(ResolvedConfiguration configuration, Action<string> report)
    {
        var root = configuration.Trainer.OutputDirectory;
        foreach (var directory in RunDirectory.Resumable(root, RunDirectory.RecipeOf(configuration)))
        {
            if (RunLock.TryTake(directory.Path) is { } taken)
            {
                return Open(configuration, directory.Reread(), taken, asked: null, report);
            }

            report($"Run {directory.Record.RunId} of this recipe is being written by {Writer(directory)}: left alone.");
        }

        report($"No unfinished run of this recipe under '{root}': starting a new one.");

        return null;
    }

    private static ResumePoint Open(ResolvedConfiguration configuration, RunDirectory directory, RunLock taken, Checkpoint? asked, Action<string> report)
    {
        var (checkpoint, notes) = (asked, new List<string>());
        try
        {
            checkpoint ??= new CheckpointStore(directory.CheckpointDirectory, keep: 1).LoadNewest(report);
            if (checkpoint is null && directory.Record.State == RunState.Finished)
            {
                throw new ConfigurationException($"Run {directory.Record.RunId} is finished, and '{directory.CheckpointDirectory}' holds no checkpoint of "
                    + "it to go on from. Start a new run without --resume.");
            }

            var before = checkpoint?.Recipe ?? (File.Exists(directory.RecipePath) ? File.ReadAllText(directory.RecipePath) : null);
            if (before is not null && ResumeRules.Compare(before, configuration, directory) is { Length: > 0 } changes)
            {
                if (checkpoint is null)
                {
                    throw new ConfigurationException($"Run {directory.Record.RunId} has no checkpoint yet, so it would start again, with other settings "
                        + $"({changes}). Start a new run without --resume, or resume it with its own recipe: {directory.RecipePath}");
                }

                notes.Add($"Going on with other settings: {changes}.");
            }

            if (asked is not null && new CheckpointStore(directory.CheckpointDirectory, keep: 1).After(asked.State.Position.Step) is { Count: > 0 } later)
            {
                notes.Add($"{string.Join(", ", later.Select(Path.GetFileName))}: later than this, removed when the first new checkpoint is written. What "
                    + "was logged for steps up to there stays as it is.");
            }

            return new(directory, taken, checkpoint, notes);
        }
        catch
        {
            checkpoint?.Dispose();
            taken.Dispose();
            throw;
        }
    }

    private static RunDirectory OwnerOf(Checkpoint checkpoint, string root)
    {
        var id = checkpoint.State.RunId;
        var directory = RunDirectory.Of(checkpoint.Path) ?? RunDirectory.Open(root, id);

        return directory.Record.RunId == id
            ? directory
            : throw new ConfigurationException($"'{checkpoint.Path}' lies in the folder of run {directory.Record.RunId}, but was written by run {id}. Put "
                + "it back into that run's checkpoints folder.");
    }

    private static string Writer(RunDirectory directory) => directory.Record.Process ?? "another process";
}
