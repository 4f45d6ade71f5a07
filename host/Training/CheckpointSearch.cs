namespace Parallax.Host.Training;

/// <summary>Finds the weights that a user names.</summary>
internal static class CheckpointSearch
{
    /// <summary>Reads a checkpoint.</summary>
    /// <param name="target">A run below the folder of runs, by its id or the beginning of it (its newest checkpoint counts), or a checkpoint file.</param>
    /// <param name="runs">Folder of the runs.</param>
    /// <param name="report">Receives checkpoints that were passed over, because they are damaged.</param>
    /// <exception cref="ConfigurationException">There is no such run or file, or the run has no checkpoint yet.</exception>
    public static Checkpoint Find(string target, string runs, Action<string> report)
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
            ?? throw new ConfigurationException(
                $"Run '{target}' has no checkpoint yet in '{directory.CheckpointDirectory}'. Let it train until the first one.");
    }
}
