using Parallax.Host.Configuration;
using Parallax.Host.Schedules;

namespace Parallax.Host.Training;

/// <summary>The recipe of a protocol's training: what the protocol declares, and everything else as in the run that it measures.</summary>
internal static class ClassifierConfiguration
{
    /// <summary>Images at once where the run itself has no larger micro-batches: papers' batches are those of many devices.</summary>
    private const int ImagesAtOnce = 256;

    private const double Momentum = 0.9, TrustCoefficient = 0.001;

    /// <param name="measured">Of the run that is measured.</param>
    /// <param name="training">What the protocol declares.</param>
    /// <param name="images">Labelled images.</param>
    /// <param name="microBatch">Images at once of the run.</param>
    public static ResolvedConfiguration Of(ResolvedConfiguration measured, ClassifierTraining training, long images, int microBatch)
    {
        var (batch, parts) = Parts((int)Math.Min(training.BatchSize, images), Math.Max(ImagesAtOnce, microBatch));
        var peak = BatchScaling.Linear(training.BaseLearningRate, batch);

        return measured with
        {
            Optimizer = Optimizer(training),
            Schedule = new()
            {
                Name = training.FallsWithSteps ? ScheduleName.Bottou : training.Milestones.Count == 0 ? ScheduleName.Cosine : ScheduleName.Multistep,
                Milestones = training.Milestones,
                Gamma = training.DropFactor,
                WarmupEpochs = Math.Min(training.WarmupEpochs, training.Epochs),
                FinalRatio = Math.Min(1, training.FinalLearningRate / peak),
            },
            Trainer = measured.Trainer with
            {
                Epochs = training.Epochs,
                MaxSteps = null,
                BatchSize = batch,
                Accumulation = parts,
                ClipGradNorm = training.ClipGradNorm,
                ClipGradNormPer = ClippedNorm.All,
                LogEverySteps = (int)Math.Max(1, images / batch),
                CheckpointEverySteps = 0,
            },
        };
    }

    private static Configuration.OptimizerOptions Optimizer(ClassifierTraining training) => new()
    {
        Name = training.Optimizer switch
        {
            ClassifierOptimizer.AdamW => OptimizerName.AdamW,
            ClassifierOptimizer.Lars => OptimizerName.Lars,
            _ => OptimizerName.Sgd,
        },
        BaseLearningRate = training.BaseLearningRate,
        ScaleLearningRate = LearningRateScaling.Linear,
        Momentum = Momentum,
        Nesterov = training.Optimizer == ClassifierOptimizer.Nesterov,
        TrustCoefficient = TrustCoefficient,
        WeightDecay = training.WeightDecay,
        Beta2 = training.Beta2,
        ExcludeNormAndBias = true,
    };

    // As few equal micro-batches of at most so many images as there can be; the batch loses the few images that they do not share equally.
    private static (int Batch, int Parts) Parts(int batch, int most)
    {
        var parts = (batch + most - 1) / most;

        return (batch / parts * parts, parts);
    }
}
