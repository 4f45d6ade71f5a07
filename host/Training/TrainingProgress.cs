namespace Parallax.Host.Training;

/// <summary>How far a training has come, and what its plan says about the rest.</summary>
internal sealed class TrainingProgress(TrainingPlan plan)
{
    /// <summary>What the run is to become, in epochs and steps.</summary>
    public TrainingPlan Plan => plan;

    /// <summary>Where the next step stands.</summary>
    public TrainingPosition Position { get; private set; }

    /// <summary>Whether the epoch before the position, or the run, has reached its end, and what is done there has not been done yet.</summary>
    public bool EpochEndIsDue { get; set; }

    /// <summary>Best online accuracy so far, a fraction; null before the first evaluation.</summary>
    public double? BestAccuracy { get; private set; }

    /// <summary>What the verdicts on the run before it was resumed rest on; null at its beginning, and where nobody has noted it.</summary>
    public VerdictHistory? Verdicts { get; private set; }

    /// <summary>The curves of the run before it was resumed; null as <see cref="Verdicts"/>.</summary>
    public IReadOnlyDictionary<string, CurveHistory>? Curves { get; private set; }

    /// <summary>Optimizer steps that are done when the run ends.</summary>
    public long TotalSteps => plan.TotalSteps(Position);

    /// <summary>Whether all steps are done.</summary>
    public bool IsAtEnd => Position.Step >= TotalSteps;

    /// <summary>The epoch of the step before the position, from 0.</summary>
    public int EpochOfLastStep => Position.Samples > 0 ? Position.Epoch : Position.Epoch - 1;

    /// <summary>Where learning rate, momentum and everything else that follows the course of the run stand, in steps of this run's batches.</summary>
    public long ScheduleStep => plan.ScheduleStep(Position);

    /// <summary>Where they end.</summary>
    public long ScheduleLength => plan.ScheduleLength(Position);

    /// <summary>One more step is done.</summary>
    public void Advance() => Position = plan.Next(Position);

    /// <summary>Takes in an online accuracy.</summary>
    /// <returns>Whether it is the best so far; of equal ones the first is.</returns>
    public bool IsNewBest(double accuracy)
    {
        var isBest = BestAccuracy is not { } best || accuracy > best;
        BestAccuracy = isBest ? accuracy : BestAccuracy;

        return isBest;
    }

    /// <summary>Goes to where a checkpoint was written.</summary>
    public void Restore(CheckpointState state)
    {
        var isOver = plan.IsEpochOver(state.Position);
        Position = isOver ? state.Position.AtNextEpoch() : state.Position;
        EpochEndIsDue = isOver || state.EpochEndIsDue;
        (BestAccuracy, Verdicts, Curves) = (state.BestAccuracy, state.Verdicts, state.Curves);
    }
}
