using Parallax.Host.Configuration;
using Parallax.Host.Training;

namespace Parallax.Host.Verification;

/// <summary>A course, the same again, and the same from a checkpoint in its middle: bit for bit on a CPU.</summary>
internal sealed class RepeatTrial(SessionFactory sessions, TimeProvider time)
{
    /// <param name="recipe">The recipe.</param>
    /// <param name="steps">How many steps, at least 2; at most those of the run are trained.</param>
    /// <param name="rounding">What the network makes of rounding, for a GPU: it adds in an order of its own.</param>
    /// <param name="stop">Asks to stop.</param>
    public IReadOnlyList<PropertyResult> Check(ResolvedConfiguration recipe, int steps, double rounding, CancellationToken stop)
    {
        using var folder = new TemporaryFolder();
        var store = new CheckpointStore(folder.Path, keep: 1);
        var configuration = CourseRun.Observed(recipe, checkpointStep: steps / 2);
        string? middle = null;
        using var whole = Train(configuration, steps, at => middle = Save(store, at), stop);
        using var again = Train(configuration, steps, onFirstCheckpoint: null, stop);
        using var session = Restored(configuration, middle!);
        using var resumed = Train(session, steps, onFirstCheckpoint: null, stop);
        var (method, tolerance) = (session.Experiment.Module, session.Experiment.Placement.IsCuda ? new Tolerance(rounding) : null);

        return [Compare("same seed twice", whole, again, method, tolerance), Compare("killed and resumed", whole, resumed, method, tolerance)];
    }

    // A session that knows nothing of the one that wrote the checkpoint, as after a kill.
    private TrainingSession Restored(ResolvedConfiguration configuration, string checkpoint)
    {
        using var read = CheckpointStore.Load(checkpoint);
        var session = sessions.Create(configuration, isRestored: true);
        session.Restore(read);

        return session;
    }

    private Course Train(ResolvedConfiguration configuration, int steps, Action<TrainingSession>? onFirstCheckpoint, CancellationToken stop)
    {
        using var session = sessions.Create(configuration);

        return Train(session, steps, onFirstCheckpoint, stop);
    }

    private Course Train(TrainingSession session, int steps, Action<TrainingSession>? onFirstCheckpoint, CancellationToken stop)
    {
        var last = Math.Min(steps, session.Progress.TotalSteps);

        return new CourseRun(session, last, time) { GradientsOf = last, NotesCalls = true, OnFirstCheckpoint = onFirstCheckpoint }.Train(stop);
    }

    private static string Save(CheckpointStore store, TrainingSession session)
    {
        using var scope = torch.NewDisposeScope();
        var progress = session.Progress;

        return store.Save(
            new(CheckpointState.CurrentFormat, "verify", progress.Position, progress.BestAccuracy) { EpochEndIsDue = progress.EpochEndIsDue },
            session.Experiment.Configuration.ToYaml(), session.StateTensors());
    }

    private static PropertyResult Compare(string property, Course expected, Course actual, Module method, Tolerance? tolerance)
    {
        var comparison = new CourseComparison(expected, actual, method);
        var place = tolerance is null ? comparison.FirstDifferentBits() : comparison.FirstDifferenceBeyond(tolerance);
        var what = $"losses, outputs of modules, state {(tolerance is null ? "bit for bit" : "but for rounding")}; {actual.Losses.Count} steps";

        var result = place is not null ? new PropertyResult(property, Outcome.Fails, place)
            : tolerance?.WhyNoProof is { } reason ? PropertyResult.NotChecked(property, reason) : new(property, Outcome.Holds, what);

        return result
            .Measured(comparison.LossDifference, comparison.GradientDifference);
    }
}
