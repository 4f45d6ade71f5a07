using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;

namespace Parallax.Host.Experiments;

/// <summary>Loader settings out of a configuration.</summary>
internal static class LoaderSetup
{
    /// <summary>Batches made ahead; two hide one slow image, more only cost memory.</summary>
    public const int Prefetch = 3;

    /// <summary>This process's part of the micro-batches for training.</summary>
    public static LoaderSettings ForTraining(ResolvedConfiguration configuration, World world)
    {
        var size = configuration.Trainer.BatchSize / (configuration.Trainer.Accumulation * world.Count);

        return Common(configuration, size, world) with
        {
            Seed = configuration.Trainer.Seed,
            Epochs = configuration.Trainer.Epochs,
            DecodeSmaller = configuration.Data.DecodeSmaller,
            Processes = world.Count,
            Process = world.Rank,
        };
    }

    /// <summary>Batches for feature extraction.</summary>
    public static LoaderSettings ForEvaluation(ResolvedConfiguration configuration, World world) =>
        Common(configuration, configuration.Evaluation.BatchSize, world);

    private static LoaderSettings Common(ResolvedConfiguration configuration, int batchSize, World world) => new(batchSize)
    {
        Workers = configuration.Trainer.WorkersOr(WorkersByRule(world.Environment.OwnCores)),
        Prefetch = Prefetch,
        OnError = configuration.Data.OnError,
    };

    /// <summary>Workers where none are asked for. The arithmetic of a CPU run wants every core; more of them slow it down more than they feed it.</summary>
    public static int WorkersByRule(int cores) => Math.Clamp(cores / 2, 1, 8);
}
