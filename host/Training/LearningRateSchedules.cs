using Parallax.Host.Configuration;

namespace Parallax.Host.Training;

/// <summary>Builds the learning-rate schedule of a run.</summary>
internal static class LearningRateSchedules
{
    public static ISchedule Create(ResolvedConfiguration configuration, RunInfo run, long totalSteps)
    {
        var options = configuration.Schedule;
        var peak = Peak(configuration.Optimizer, run);
        var warmup = WarmupSteps(options, run);

        // A run cut short by trainer.maxSteps ends its cosine there; per-epoch schedules count the epochs that remain.
        var epochs = (int)Math.Max(1, (totalSteps + run.StepsPerEpoch - 1) / run.StepsPerEpoch);

        return options.Name switch
        {
            ScheduleName.Cosine => new WarmupCosine(peak, totalSteps, warmup) { Start = options.WarmupStartRatio * peak, End = options.FinalRatio * peak },
            ScheduleName.Constant => Warmed(new ConstantSchedule(peak)),
            ScheduleName.CosineEpoch => Warmed(new EpochCosine(peak, epochs, run.StepsPerEpoch)),
            ScheduleName.Multistep => Warmed(new EpochMultistep(peak, options.Milestones, run.StepsPerEpoch, options.Gamma)),
            ScheduleName.Bottou => Warmed(new BottouDecay(peak, configuration.Optimizer.WeightDecay)),
            _ => throw new ArgumentOutOfRangeException(nameof(configuration), options.Name, "Unknown schedule."),
        };

        Warmup Warmed(ISchedule then) => new(then, warmup, options.WarmupStartRatio);
    }

    /// <summary>Steps over which the learning rate rises. They may be more than the run has; then it never reaches its peak.</summary>
    public static long WarmupSteps(ScheduleOptions options, RunInfo run) => (long)Math.Round(options.WarmupEpochs * run.StepsPerEpoch);

    /// <summary>The highest learning rate of a run, which parameters without a schedule keep.</summary>
    public static double Peak(Configuration.OptimizerOptions options, RunInfo run) => options.ScaleLearningRate switch
    {
        LearningRateScaling.Linear => BatchScaling.Linear(options.BaseLearningRate, run.BatchSize),
        LearningRateScaling.Sqrt => BatchScaling.SquareRoot(options.BaseLearningRate, run.BatchSize),
        _ => options.BaseLearningRate,
    };

    /// <summary>Rises from a share of another schedule's value to the whole over the first steps.</summary>
    private sealed record Warmup(ISchedule Then, long Steps, double Start) : ISchedule
    {
        public double At(long step)
        {
            var value = Then.At(step);

            return step < Steps ? (Start * value) + ((1 - Start) * (value * step / Steps)) : value;
        }
    }
}
