using Parallax.Host.Configuration;
using Parallax.Host.Data;

namespace Parallax.Host.Training;

/// <summary>Loader settings out of a configuration.</summary>
internal static class LoaderSetup
{
    /// <summary>Batches made ahead; two hide one slow image, more only cost memory.</summary>
    private const int Prefetch = 3;

    /// <summary>Micro-batches for training.</summary>
    public static LoaderSettings ForTraining(ResolvedConfiguration configuration) => Common(configuration, configuration.Trainer.BatchSize / configuration.Trainer.Accumulation) with
    {
        Seed = configuration.Trainer.Seed,
        Epochs = configuration.Trainer.Epochs,
    };

    /// <summary>Batches for feature extraction.</summary>
    public static LoaderSettings ForEvaluation(ResolvedConfiguration configuration) => Common(configuration, configuration.Evaluation.BatchSize);

    private static LoaderSettings Common(ResolvedConfiguration configuration, int batchSize) => new(batchSize)
    {
        Workers = configuration.Trainer.Workers > 0 ? configuration.Trainer.Workers : AutomaticWorkers(Environment.ProcessorCount),
        Prefetch = Prefetch,
        OnError = configuration.Data.OnError,
    };

    // The arithmetic of a CPU run wants every core; workers that outnumber a quarter of them slow it down more than they feed it.
    private static int AutomaticWorkers(int cores) => Math.Clamp(cores / 2, 1, 8);
}
