using Parallax.Host.Configuration;

namespace Parallax.Host.Planning;

/// <summary>Room that a run takes on disk, in bytes.</summary>
/// <param name="CheckpointBytes">One checkpoint.</param>
/// <param name="Checkpoints">Checkpoints that lie there at the end: those that are kept, the best, and the copy in the tracking store.</param>
/// <param name="BackboneBytes">The backbone alone: in the run's folder and in the tracking store, there also as a model, of weights and graph.</param>
/// <param name="FreeBytes">What is free where the run's folder will be.</param>
internal sealed record DiskCost(long CheckpointBytes, int Checkpoints, long BackboneBytes, long FreeBytes)
{
    /// <summary>All of it, without pictures and curves, which are some megabytes.</summary>
    public long TotalBytes => (CheckpointBytes * Checkpoints) + BackboneBytes;

    /// <param name="configuration">What is kept.</param>
    /// <param name="checkpointBytes">One checkpoint.</param>
    /// <param name="backboneBytes">The backbone alone.</param>
    /// <param name="epochs">Epochs of the run.</param>
    public static DiskCost Of(ResolvedConfiguration configuration, long checkpointBytes, long backboneBytes, long epochs)
    {
        var (trainer, online) = (configuration.Trainer, configuration.Evaluation.Online is not null);
        var written = trainer.CheckpointEverySteps > 0 ? trainer.KeepCheckpoints
            : trainer.CheckpointEveryEpochs == 0 ? 1 : Math.Max(1, epochs / trainer.CheckpointEveryEpochs);
        var kept = (int)Math.Min(trainer.KeepCheckpoints, written) + (online ? 1 : 0) + (configuration.Tracking.LogCheckpoints ? 1 : 0);

        return new(checkpointBytes, kept, (configuration.Tracking.LogModel ? 4 : 2) * backboneBytes, Free(trainer.OutputDirectory));
    }

    // The folder may not be there yet.
    private static long Free(string folder)
    {
        var path = Path.GetFullPath(folder);
        while (!Directory.Exists(path))
        {
            path = Path.GetDirectoryName(path)!;
        }

        return new DriveInfo(path).AvailableFreeSpace;
    }
}
