using Parallax.Host.Configuration;
using Parallax.Host.Experiments;
using Parallax.Host.Training;

namespace Parallax.Host.Planning;

/// <summary>Trains some steps of a recipe as every run does, and measures them; nothing is kept.</summary>
internal sealed class StepMeasurement(SessionFactory sessions, ProcessMemory memory, TimeProvider time)
{
    /// <summary>Steps that are trained first: the batches that were made ahead, and what is compiled and allocated once.</summary>
    private const int WarmupSteps = LoaderSetup.Prefetch + 1;

    /// <summary>The recipe as it is measured: each step reports, and nothing is written.</summary>
    public static ResolvedConfiguration EachStep(ResolvedConfiguration recipe) =>
        recipe with { Trainer = recipe.Trainer with { LogEverySteps = 1, CheckpointEverySteps = 0 } };

    /// <param name="recipe">What is trained.</param>
    /// <param name="steps">Steps that count.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ConfigurationException">The recipe cannot be trained, or its run is too short.</exception>
    public StepCost Measure(ResolvedConfiguration recipe, int steps, CancellationToken stop)
    {
        memory.ResetPeak();
        using var session = sessions.Create(EachStep(recipe));
        var (run, works) = (session.Experiment.Run, session.Experiment.Method is IEpochPhase { IsNeeded: true });
        var most = works ? Math.Min(run.StepsPerEpoch, session.Progress.TotalSteps) : session.Progress.TotalSteps;   // what comes before an epoch is no step
        var last = Math.Min(WarmupSteps + steps, most);
        if (last <= WarmupSteps)
        {
            throw new ConfigurationException($"{last} optimizer steps cannot be measured; {WarmupSteps + 1} or more can. Raise trainer.epochs or "
                + "trainer.maxSteps, or take more images (data.share) or a smaller trainer.batchSize.");
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var splits = new List<TimeSplit>();
        var (warm, done) = (0L, 0L);
        new Trainer(session, new(OnStep, _ => { }, _ => { }), time).Run(end.Token);
        stop.ThrowIfCancellationRequested();
        var seconds = time.GetElapsedTime(warm, done).TotalSeconds;

        return new((last - WarmupSteps) * run.BatchSize / Math.Max(seconds, 1e-9), Mean(splits), memory.Peak);

        void OnStep(StepReport report)
        {
            done = time.GetTimestamp();
            warm = report.Step == WarmupSteps ? done : warm;
            if (report.Step > WarmupSteps)
            {
                splits.Add(report.Split);
            }

            if (report.Step >= last)
            {
                end.Cancel();
            }
        }
    }

    private static TimeSplit Mean(IReadOnlyCollection<TimeSplit> splits) => new(
        splits.Average(split => split.Data), splits.Average(split => split.Forward), splits.Average(split => split.Backward),
        splits.Average(split => split.Optimizer));
}
