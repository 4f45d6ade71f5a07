using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Leaderboards;

/// <summary>Measures in this process what needs no training: random weights, and the run of a row that is finished and has no result.</summary>
internal sealed class RowMeasurement(
    RecipeReader recipes, ExperimentFactory experiments, EvaluationService evaluations, Trackers trackers, DataReport data, ConsoleProgress progress)
{
    private readonly Lock _measuring = new();   // protocols draw from the generator of the process

    /// <summary>Measures the backbone of a row with the weights that it is initialised with.</summary>
    /// <param name="row">The row.</param>
    /// <param name="parentRunId">The run of the leaderboard.</param>
    /// <param name="hash">Of the settings.</param>
    /// <param name="stop">Asks to stop.</param>
    public EntryResult Random(LeaderboardFile.Row row, string parentRunId, string hash, CancellationToken stop)
    {
        progress.WriteLine($"Measuring {row.Name}, seed {row.Seed}.");
        using var experiment = experiments.Create(row.Configuration, isTrained: false);
        data.Write(experiment.Learned);
        var measured = evaluations.Measure(experiment, row.Configuration.Evaluation.Protocols, stop: stop);   // what fails is a dash in the table
        evaluations.Track(row.Configuration, measured, parentRunId, step: 0, "random-features");

        return Result(row with { Reference = true }, measured, experiment.Run.HasVideos) with { Method = "", Configuration = hash };
    }

    /// <summary>Measures the newest finished run that was trained as a row asks, whatever it was measured by.</summary>
    /// <param name="row">The row.</param>
    /// <param name="asked">Its recipe, with the runs that it begins with.</param>
    /// <param name="before">An earlier result of the row, which knows what its training cost; null where there is none.</param>
    /// <param name="hash">Of the settings.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>Null when there is no such run, or none of its checkpoints can be read.</returns>
    /// <exception cref="ConfigurationException">The run cannot be measured.</exception>
    public EntryResult? Finished(LeaderboardFile.Row row, ResolvedConfiguration asked, EntryResult? before, string hash, CancellationToken stop)
    {
        var settings = Settings(asked);
        var run = RunDirectory.All(asked.Trainer.OutputDirectory)
            .FirstOrDefault(run => run.Record.State == RunState.Finished && Recipe(run) is { } recipe && settings.SequenceEqual(Settings(recipe)));
        using var checkpoint = run is null ? null : Newest(run);
        if (run is null || checkpoint is null)
        {
            return null;
        }

        using var alone = _measuring.EnterScope();
        progress.WriteLine($"Measuring {row.Name}, seed {row.Seed}: run {run.Record.RunId} is finished.");
        using var experiment = experiments.Restored(asked, checkpoint, progress.WriteLine);
        data.Write(experiment.Learned);
        var step = checkpoint.State.Position.Step;
        var measured = evaluations.Measure(experiment, asked.Evaluation.Protocols, stop: stop);
        evaluations.Track(asked, measured, run.Record.RunId, step, checkpoint: checkpoint.Path);
        KeptConfusion.Keep(run.Path, measured, step, experiment.Run.HasVideos, progress.WriteLine);
        foreach (var note in measured.Notes)
        {
            progress.WriteLine($"{row.Name}: {note}");
        }

        var cost = before?.RunId == run.Record.RunId ? before : null;
        var speed = cost?.ImagesPerSecond ?? Speed(asked.Tracking, run.Record.RunId, stop);
        var images = (double)step * experiment.Run.BatchSize;

        return Result(row, measured, experiment.Run.HasVideos) with
        {
            RunId = run.Record.RunId, Configuration = hash, ImagesPerSecond = speed, PeakMemoryBytes = cost?.PeakMemoryBytes ?? 0,
            Seconds = cost?.Seconds ?? (speed > 0 ? images / speed : 0),
        };
    }

    private Checkpoint? Newest(RunDirectory run)
    {
        try
        {
            return new CheckpointStore(run.CheckpointDirectory, keep: 1).LoadNewest(progress.WriteLine);
        }
        catch (ConfigurationException e)
        {
            progress.WriteLine($"Run {run.Record.RunId} is finished and has no checkpoint that can be read: {e.Message}");

            return null;
        }
    }

    private EntryResult Result(LeaderboardFile.Row row, Measurement measured, bool areVideos)
    {
        foreach (var failure in measured.Failures)
        {
            progress.WriteLine($"{row.Name}: the protocol '{failure.Protocol}' has no number: {failure.Reason}");
        }

        return new(row.Name, row.Configuration.Method.Name, row.Seed, row.Reference, measured.Results.ToDictionary(r => r.Protocol, r => r.Result.Accuracy),
            Seconds: 0, ImagesPerSecond: 0, PeakMemoryBytes: 0, RunId: "", Configuration: "", measured.LeftOut)
        {
            Protocols = ProtocolRecord.Of(measured.Results), Details = ProtocolDetails.Of(measured.Results), Duplicates = measured.Duplicates,
            AreVideos = areVideos,
        };
    }

    // What an earlier version of the program has written lacks options that are new: they have the values that it knew no others of.
    private ResolvedConfiguration? Recipe(RunDirectory run)
    {
        try
        {
            return recipes.ReadText(File.ReadAllText(run.RecipePath), run.RecipePath, []);
        }
        catch (Exception e) when (e is ConfigurationException || RunFile.IsOfTheDisk(e))
        {
            return null;   // of a plugin that is gone
        }
    }

    // What shapes the weights.
    private static IEnumerable<KeyValuePair<string, string>> Settings(ResolvedConfiguration configuration) => configuration.Flatten()
        .Where(p => p.Key != "trainer.outputDirectory" && p.Key.Split('.')[0] is not ("tracking" or "evaluation"))
        .OrderBy(p => p.Key, StringComparer.Ordinal);

    // 0 where the store does not know it.
    private double Speed(TrackingOptions tracking, string runId, CancellationToken stop)
    {
        try
        {
            using var reader = trackers.Read(tracking);

            return reader.FindAsync(runId, stop).GetAwaiter().GetResult()?.Metrics.GetValueOrDefault(PretrainingRun.MeanSpeed)?.Value ?? 0;
        }
        catch (ConfigurationException)
        {
            return 0;
        }
    }
}
