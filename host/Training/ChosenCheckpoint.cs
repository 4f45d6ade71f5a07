using Parallax.Host.Configuration;

namespace Parallax.Host.Training;

/// <summary>The checkpoint that a user names: a file, or the newest of a run.</summary>
internal static class ChosenCheckpoint
{
    /// <summary>What a command says about the argument that <see cref="Load"/> takes.</summary>
    public const string Description =
        "A run below the output directory, by its id or the beginning of it (its newest checkpoint counts), or a checkpoint file.";

    /// <summary>Reads it.</summary>
    /// <param name="target">File, identifier of a run or the beginning of one, or folder of a run.</param>
    /// <param name="runs">Folder of the runs.</param>
    /// <param name="report">Receives checkpoints of the run that are damaged and were passed over.</param>
    /// <exception cref="ConfigurationException">There is none, or none that is whole.</exception>
    public static Checkpoint Load(string target, string runs, Action<string> report)
    {
        if (File.Exists(target))
        {
            return CheckpointStore.Load(target);
        }

        if (target.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            throw new ConfigurationException($"There is no checkpoint '{target}'. Give an existing .safetensors file, or the id of a run.");
        }

        var directory = RunDirectory.Open(runs, target);

        return new CheckpointStore(directory.CheckpointDirectory, keep: 1).LoadNewest(report)
            ?? throw new ConfigurationException($"Run '{target}' has no checkpoint in '{directory.CheckpointDirectory}'{Why(directory)}");
    }

    private static string Why(RunDirectory directory) => directory.Record.State switch
    {
        RunState.Failed => $": it failed{(FailedAt(directory) is { } step ? $" at step {step}" : "")}, before its first "
            + "checkpoint, or they were removed. Correct what ended it and train again.",
        RunState.Stopped => $": it was stopped before its first checkpoint. Go on with --resume {directory.Record.RunId}.",
        RunState.Finished => ", though it is finished: they were removed. Name a file that was kept.",
        _ => " yet. Let it train until the first one.",
    };

    private static long? FailedAt(RunDirectory directory)
    {
        try
        {
            return new BlackBoxFolder(directory).Read()?.Steps[^1].Step;
        }
        catch (Exception e) when (e is ConfigurationException || RunFile.IsOfTheDisk(e))
        {
            return null;   // that its last steps cannot be read is another matter
        }
    }
}
