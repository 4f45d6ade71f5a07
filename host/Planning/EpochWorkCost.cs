using Parallax.Host.Training;

namespace Parallax.Host.Planning;

/// <summary>Measures what a method does over all images before epochs: the first time, which may be dearer, and a second time.</summary>
/// <param name="time">The clock.</param>
internal sealed class EpochWorkCost(TimeProvider time)
{
    /// <summary>Time of that work in the whole run, in seconds; 0 for a method that has none.</summary>
    /// <param name="session">What is trained, at its start; it reports each step.</param>
    /// <param name="stepSeconds">Time of one step, which is trained after the work and does not count.</param>
    /// <param name="stop">Asks to stop.</param>
    public double Measure(TrainingSession session, double stepSeconds, CancellationToken stop)
    {
        if (session.Experiment.Method is not IEpochPhase { IsNeeded: true } phase)
        {
            return 0;
        }

        var run = session.Experiment.Run;
        var epochs = (session.Progress.TotalSteps + run.StepsPerEpoch - 1) / run.StepsPerEpoch;
        var due = Enumerable.Range(0, (int)epochs).Where(phase.IsDue).ToList();
        var seconds = due.Take(2).Select(epoch => Math.Max(0, UntilFirstStep(session, epoch, stop) - stepSeconds)).ToList();

        // All that follow are as the second.
        return seconds.Sum() + (seconds.LastOrDefault() * (due.Count - seconds.Count));
    }

    private double UntilFirstStep(TrainingSession session, int epoch, CancellationToken stop)
    {
        session.Progress.Restore(new(CheckpointState.CurrentFormat, "plan", new(epoch * session.Experiment.Run.StepsPerEpoch, epoch, 0), null));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (start, first) = (time.GetTimestamp(), 0L);
        new Trainer(session, new(OnStep, _ => { }, _ => { }), time).Run(end.Token);
        stop.ThrowIfCancellationRequested();

        return time.GetElapsedTime(start, first).TotalSeconds;

        void OnStep(StepReport report)
        {
            first = time.GetTimestamp();
            end.Cancel();
        }
    }
}
