using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Distributed;
using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>Finds what <c>auto</c> stands for in a run: measured when it starts, kept in its folder, and the same whenever it is resumed.</summary>
internal sealed class MachineTuning(ExperimentFactory experiments, ConsoleProgress progress, TimeProvider time)
{
    private const string ByRule = "taken by the number of cores, as with 0";

    /// <param name="configuration">What to train.</param>
    /// <param name="environment">Which of the processes of the run this one is.</param>
    /// <param name="resumed">The record of the run that goes on; null for a new one.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>The same configuration with the numbers, where the recipe says <c>auto</c>.</returns>
    public ResolvedConfiguration Choose(ResolvedConfiguration configuration, ProcessEnvironment environment, RunRecord? resumed, CancellationToken stop)
    {
        var trainer = configuration.Trainer;
        if (!trainer.Threads.IsAuto && !trainer.Workers.IsAuto)
        {
            return configuration;
        }

        if (environment.IsRank)
        {
            return Kept(configuration, environment, $"auto: {ByRule}, because several processes share the machine.");
        }

        if (resumed is not null)
        {
            var known = resumed.Machine is { } kept ? With(configuration, kept) : configuration;

            return NotMeasured(trainer, resumed.Machine) is { } note ? Kept(known, environment, note) : known;
        }

        if (!trainer.Workers.IsAuto && new Placement(trainer).IsCuda)
        {
            return Kept(configuration, environment, $"auto: trainer.threads {ByRule}, because the GPU does the arithmetic: nothing is measured.");
        }

        using var experiment = experiments.Create(configuration);
        if (experiment.Method is IEpochPhase { IsNeeded: true })
        {
            return Kept(configuration, environment, $"auto: {ByRule}, because the method works over all images before its first step.");
        }

        using var trials = new StepTrials(experiment, time, stop);
        progress.WriteLine("auto: measuring some steps on this machine before the run begins.");

        return With(configuration, Measure(trainer, environment.OwnCores, experiment, trials));
    }

    /// <summary>What a run that goes on did not measure when it was started, and now should; null when there is nothing.</summary>
    internal static string? NotMeasured(TrainerOptions trainer, MachineChoice? kept)
    {
        string?[] open =
        [
            trainer.Threads.IsAuto && kept?.Threads is null ? "trainer.threads" : null,
            trainer.Workers.IsAuto && kept?.Workers is null ? "trainer.workers" : null,
        ];
        var names = string.Join(" and ", open.OfType<string>());

        return names.Length == 0 ? null
            : $"auto: {names} {ByRule}: this run did not measure them when it was started. Give a number in place of auto to keep the bits that it computes.";
    }

    private static ResolvedConfiguration With(ResolvedConfiguration configuration, MachineChoice choice) =>
        configuration with { Trainer = configuration.Trainer with { Chosen = choice } };

    private ResolvedConfiguration Kept(ResolvedConfiguration configuration, ProcessEnvironment environment, string note)
    {
        if (environment.Rank == 0)
        {
            progress.WriteLine(note);
        }

        return configuration;
    }

    private MachineChoice Measure(TrainerOptions trainer, int cores, Experiment experiment, StepTrials trials)
    {
        var search = new CountSearch(cores, trials.Measure);
        var workers = trainer.WorkersOr(LoaderSetup.WorkersByRule(cores));
        var threads = trainer.Threads.IsAuto && !experiment.Placement.IsCuda ? search.Threads(workers) : trainer.ThreadsOr(cores);
        var choice = new MachineChoice(
            trainer.Threads.IsAuto ? threads : null, trainer.Workers.IsAuto ? search.Workers(threads, workers) : null);
        progress.WriteLine(Describe(choice, search.Trials, experiment.Run.HasVideos));

        return choice;
    }

    /// <summary>What was chosen and why, in a line.</summary>
    internal static string Describe(MachineChoice choice, IReadOnlyList<Trial> trials, bool areVideos)
    {
        string?[] chosen =
        [
            choice.Threads is { } threads ? $"trainer.threads {threads}" : null, choice.Workers is { } workers ? $"trainer.workers {workers}" : null,
        ];
        var measured = trials.Select(trial => $"{trial.Threads} threads and {trial.Workers} workers {SpeedText.Of(trial.ImagesPerSecond, areVideos)}, "
            + FormattableString.Invariant($"{trial.WaitingShare:P0} waiting for {SampleNoun.Of(areVideos)}"));

        return $"auto: {string.Join(", ", chosen.OfType<string>())}."
            + (trials.Count > 0 ? $" Measured on this machine now: {string.Join("; ", measured)}." : "");
    }
}
