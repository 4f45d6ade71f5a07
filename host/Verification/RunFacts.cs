using Parallax.Host.Configuration;
using Parallax.Host.Experiments;
using Parallax.Host.Training;

namespace Parallax.Host.Verification;

/// <summary>What a run will be, before it is trained.</summary>
/// <param name="Method">Name of the method.</param>
/// <param name="EffectiveBatch">Images per optimizer step, over all micro-batches and processes.</param>
/// <param name="MicroBatches">Micro-batches per optimizer step.</param>
/// <param name="Processes">Processes that share each micro-batch.</param>
/// <param name="TotalSteps">Optimizer steps of the run.</param>
/// <param name="WarmupSteps">Steps over which the learning rate rises.</param>
/// <param name="PeakLearningRate">The learning rate at its peak, scaled by the batch as the recipe says.</param>
/// <param name="FinalLearningRate">The learning rate of the last step.</param>
/// <param name="BatchNormLayers">Layers that normalise over the batch.</param>
/// <param name="ImagesPerNormalisation">Images whose statistics such a layer takes together; of several views at a time each counts.</param>
/// <param name="BatchNormRisk">What may go wrong with them, in a sentence; null where nothing stands out.</param>
internal sealed record RunFacts(
    string Method, int EffectiveBatch, int MicroBatches, int Processes, long TotalSteps, long WarmupSteps, double PeakLearningRate, double FinalLearningRate,
    int BatchNormLayers, int ImagesPerNormalisation, string? BatchNormRisk)
{
    /// <summary>Whether <c>optimizer.scaleLearningRate</c> makes the rate one of the batch.</summary>
    public bool IsScaled { get; init; }

    /// <summary>Wu and He, "Group Normalization", ECCV 2018, figure 1: the error of batch normalisation grows below 16 images.</summary>
    private const int FewImages = 16;

    /// <param name="experiment">In one process.</param>
    /// <param name="processes">In how many the run is meant.</param>
    public static RunFacts Of(Experiment experiment, int processes)
    {
        var (configuration, run) = (experiment.Configuration, experiment.Run);
        var (trainer, total) = (configuration.Trainer, TrainingPlan.Of(run, configuration.Trainer.MaxSteps).TotalSteps(default));
        var layers = experiment.Module.named_modules().Select(entry => entry.Item2).Distinct()
            .Count(module => module is TorchSharp.Modules.BatchNorm1d or TorchSharp.Modules.BatchNorm2d or TorchSharp.Modules.BatchNorm3d);
        var isLocal = trainer.BatchNorm == BatchNormStatistics.Local && processes > 1;
        var images = trainer.BatchSize / trainer.Accumulation / (isLocal ? processes : 1);

        return new(
            configuration.Method.Name, trainer.BatchSize, trainer.Accumulation, processes, total,
            LearningRateSchedules.WarmupSteps(configuration.Schedule, run), LearningRateSchedules.Peak(configuration.Optimizer, run),
            LearningRateSchedules.Create(configuration, run, total).At(total - 1), layers, images,
            layers == 0 ? null : Risk(images, isLocal, trainer.Accumulation))
        {
            IsScaled = configuration.Optimizer.ScaleLearningRate != LearningRateScaling.None,
        };
    }

    /// <summary>What may go wrong with statistics of a batch, in a sentence; null where nothing stands out.</summary>
    /// <param name="images">Images whose statistics are taken together.</param>
    /// <param name="isLocal">Whether each of several processes takes its own.</param>
    /// <param name="accumulation">Micro-batches per optimizer step.</param>
    internal static string? Risk(int images, bool isLocal, int accumulation)
    {
        string[] risks =
        [
            .. images < FewImages
                ? [$"the statistics of {images} images are noisy (below {FewImages}): raise trainer.batchSize, or lower trainer.accumulation"]
                : (IEnumerable<string>)[],
            .. isLocal
                ? ["trainer.batchNorm is local: each process normalises its own images, so a network can tell which came together, and several processes are "
                    + "not one. Take synchronised"]
                : (IEnumerable<string>)[],
            .. accumulation > 1
                ? [$"each of the {accumulation} micro-batches has statistics of its own: accumulation is not one batch of that size"]
                : (IEnumerable<string>)[],
        ];

        return risks.Length == 0 ? null : string.Join("; ", risks) + ".";
    }
}
