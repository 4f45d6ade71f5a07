using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Distributed;

namespace Parallax.Host.Training;

/// <summary>Trains a step of a run again, from the newest checkpoint before it, and looks into it. Nothing is written.</summary>
internal sealed class ReplayRun(RecipeReader recipes, SessionFactory sessions, MachineTuning tuning, ConsoleProgress progress, TimeProvider time)
{
    /// <param name="directory">The run.</param>
    /// <param name="wanted">The step, from 1; null takes the one at which the run ended.</param>
    /// <param name="overrides">Changes of its recipe of the form <c>a.b=value</c>.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ConfigurationException">The step cannot be reached: says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before it was there.</exception>
    public ReplayedStep Execute(RunDirectory directory, long? wanted, IReadOnlyList<string> overrides, CancellationToken stop)
    {
        var folder = new BlackBoxFolder(directory);
        var record = folder.Read();
        var step = wanted ?? record?.Steps[^1].Step ?? throw new ConfigurationException(
            $"Run {directory.Record.RunId} did not fail, so it names no step. Say which one to train again: --step N.");
        var path = CheckpointBefore(directory, folder, step, record);
        var configuration = Configure(directory, folder, record, overrides, stop);
        var constants = path is null ? null : CheckpointStore.StateOf(path)?.Data?.Constants;
        using var session = sessions.Create(configuration, isRestored: path is not null, constants: constants);
        if (path is not null)
        {
            using var checkpoint = CheckpointStore.Load(path);
            ResumeRules.Require(checkpoint.State, path, session.Progress.Plan, session.Experiment.Run);
            session.Restore(checkpoint);
        }

        if (step < 1 || step > session.Progress.TotalSteps)
        {
            throw new ConfigurationException($"--step is {step}; expected 1 to {session.Progress.TotalSteps}, the steps of the run.");
        }

        var from = session.Progress.Position.Step;
        var steps = from + 1 == step ? $"step {step}" : $"steps {from + 1} to {step}";
        progress.WriteLine($"Training {steps} again, from {(path is null ? "the start of the run" : $"'{path}'")}.");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var probe = new ReplayProbe(session, Comparable(record), step, over.Cancel);
        var error = Train(session, probe, over.Token);
        stop.ThrowIfCancellationRequested();

        return probe.Describe(path, from, error);
    }

    // What ends the step in the run ends it here: that is what is looked for, and no error of the repetition.
    private string? Train(TrainingSession session, ReplayProbe probe, CancellationToken over)
    {
        try
        {
            new Trainer(session, TrainerCallbacks.None with { Steps = probe }, time).Run(over);

            return null;
        }
        catch (Exception e) when (probe.HasBegun && e is not OperationCanceledException)
        {
            return e.Message.Split('\n')[0];
        }
    }

    private ResolvedConfiguration Configure(
        RunDirectory directory, BlackBoxFolder folder, BlackBoxRecord? record, IReadOnlyList<string> overrides, CancellationToken stop)
    {
        var path = record is null ? directory.RecipePath : folder.RecipePath;
        string[] threads = record is null ? [] : [string.Create(CultureInfo.InvariantCulture, $"trainer.threads={record.Threads}")];   // as many, the same bits
        var configuration = recipes.ReadText(File.ReadAllText(path), path, ["trainer.logEverySteps=1", .. threads, .. overrides]);   // a GPU's losses are read

        return tuning.Choose(configuration, ProcessEnvironment.Alone, directory.Record, stop);
    }

    // Steps before the one at which the process began may be those of other settings.
    private static string? CheckpointBefore(RunDirectory directory, BlackBoxFolder folder, long step, BlackBoxRecord? record)
    {
        var first = record?.FirstStep ?? 0;
        var newest = new[] { directory.CheckpointDirectory, folder.Path }.Select(place => new CheckpointStore(place, keep: 1).NewestUpTo(step - 1))
            .OfType<string>().MaxBy(file => Path.GetFileName(file), StringComparer.Ordinal);
        var isUsable = newest is null ? first == 0 : StepOf(newest) >= first;

        return isUsable ? newest : throw new ConfigurationException(
            $"No checkpoint leads to step {step} of run {directory.Record.RunId}: the run went on at step {first}, what was trained before that may have had "
                + $"other settings, and no checkpoint from there up to step {step} is left. Ask for a later step; trainer.keepCheckpoints keeps more of them.");
    }

    private static long StepOf(string path)
    {
        using var checkpoint = CheckpointStore.Load(path);

        return checkpoint.State.Position.Step;
    }

    private BlackBoxRecord? Comparable(BlackBoxRecord? record)
    {
        if (record is { Processes: > 1 })
        {
            progress.WriteLine($"The run had {record.Processes} processes, whose sums one process rounds differently: nothing is compared.");
            return null;
        }

        return record;
    }
}
