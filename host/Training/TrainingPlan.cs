namespace Parallax.Host.Training;

/// <summary>The length of a run, and what is left of it at a position.</summary>
/// <remarks>
/// An epoch is trained in whole batches; what is left of it and fills no batch is left out. Schedules count the steps of a run that has had this plan from
/// its start:
/// at the same place of the same epoch they give the same values, whatever batches led there. With an unchanged plan that count is the number of steps done.
/// </remarks>
/// <param name="Images">Images of an epoch.</param>
/// <param name="BatchSize">Images per optimizer step, at most <paramref name="Images"/>.</param>
/// <param name="Epochs">Epochs of the run.</param>
/// <param name="MaxSteps">Ends the run after this many optimizer steps, whatever the epochs; null does not.</param>
internal sealed record TrainingPlan(long Images, int BatchSize, int Epochs, long? MaxSteps = null)
{
    public static TrainingPlan Of(RunInfo run, long? maxSteps) => new(run.Data.Count, run.BatchSize, run.Epochs, maxSteps);

    public long StepsPerEpoch => Images / BatchSize;

    /// <summary>The position after one more step.</summary>
    public TrainingPosition Next(TrainingPosition position)
    {
        var next = position with { Step = position.Step + 1, Samples = position.Samples + BatchSize };

        return StepsLeftInEpoch(next) > 0 ? next : next.AtNextEpoch();
    }

    /// <summary>Whether an epoch was begun, and too little is left of it for one step.</summary>
    public bool IsEpochOver(TrainingPosition position) => position.Samples > 0 && StepsLeftInEpoch(position) == 0;

    /// <summary>Optimizer steps from the position to the end of the run; 0 at the end and behind it.</summary>
    public long StepsLeft(TrainingPosition position)
    {
        var inEpochs = position.Epoch < Epochs ? StepsLeftInEpoch(position) + ((Epochs - position.Epoch - 1) * StepsPerEpoch) : 0;

        return Math.Max(0, Math.Min(inEpochs, MaxSteps - position.Step ?? long.MaxValue));
    }

    /// <summary>Optimizer steps that are done when the run ends: those of the position and those that are left.</summary>
    public long TotalSteps(TrainingPosition position) => position.Step + StepsLeft(position);

    /// <summary>Where schedules stand, in steps of this plan.</summary>
    public long ScheduleStep(TrainingPosition position) => ((position.Epoch + 1) * StepsPerEpoch) - StepsLeftInEpoch(position);

    /// <summary>Where schedules end, in steps of this plan.</summary>
    public long ScheduleLength(TrainingPosition position) => ScheduleStep(position) + StepsLeft(position);

    private long StepsLeftInEpoch(TrainingPosition position) => Math.Max(0, Images - position.Samples) / BatchSize;
}
