using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Processes;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Leaderboards;

/// <summary>Where a leaderboard puts things and how much it does at once.</summary>
/// <param name="Output">Folder of the table.</param>
/// <param name="Work">Folder of runs, logs and results; what is done there is not done again.</param>
/// <param name="Jobs">Trainings at a time.</param>
internal sealed record LeaderboardPlan(string Output, string Work, int Jobs);

/// <summary>Trains every entry of a leaderboard in a process of its own, measures all with the same protocols, and writes the table.</summary>
internal sealed class LeaderboardRun(
    RecipeReader recipes, ExperimentFactory experiments, RowMeasurement measurement, ScalingFits scaling, Trackers trackers, DataReport data,
    StopSignals signals, ConsoleProgress progress)
{
    private const string RandomName = "random weights";

    /// <returns>Names of the rows that failed.</returns>
    public async Task<IReadOnlyList<string>> ExecuteAsync(LeaderboardFile board, LeaderboardPlan plan, CancellationToken stop)
    {
        var first = board.Entries[0].Configuration;
        using (var split = experiments.Open(first, DatasetSplit.Train))
        {
            data.Write(split);
        }

        using var taken = RunLock.Take(plan.Work);
        taken.Keep();
        using var parent = await StartParentAsync(board, plan, stop);
        using var note = signals.BeforeTheEnd(() => parent.End(RunOutcome.Killed));

        Progressed progressed;
        try
        {
            progressed = await MeasureAsync(board, plan, parent, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            parent.End(RunOutcome.Killed);
            throw;
        }

        Publish(board, plan, progressed.Results, parent);
        parent.End(progressed.Failed.Count == 0 ? RunOutcome.Finished : RunOutcome.Failed);

        return progressed.Failed;
    }

    private async Task<ITrackedRun> StartParentAsync(LeaderboardFile board, LeaderboardPlan plan, CancellationToken stop)
    {
        var tracking = board.Entries[0].Configuration.Tracking;
        var tags = new Dictionary<string, string> { ["parallax.kind"] = "leaderboard" };
        var description = new RunDescription(RunTags.Experiment(tracking), $"leaderboard-{board.Stem}", tags);
        var file = Path.Combine(plan.Work, "parent-run.txt");
        var earlier = File.Exists(file) ? (await File.ReadAllTextAsync(file, stop)).Trim() : null;
        var parent = Start(description, earlier);
        AtomicFile.Replace(file, parent.RunId);

        return parent;

        ITrackedRun Start(RunDescription run, string? resumed)
        {
            try
            {
                return trackers.For(tracking).Start(run with { ResumeRunId = resumed });
            }
            catch (ConfigurationException e) when (resumed is not null)
            {
                progress.WriteLine($"{e.Message} The leaderboard goes on in a new run; finished entries stay, others begin anew.");

                return Start(run, resumed: null);
            }
        }
    }

    private async Task<Progressed> MeasureAsync(LeaderboardFile board, LeaderboardPlan plan, ITrackedRun parent, CancellationToken stop)
    {
        var progressed = new Progressed(board.Options.Random ? MeasureRandom(board, plan, parent, stop) : []);
        using var live = progress.Live();
        using var time = signals.Within(StopSignals.ForAChild);
        foreach (var stage in board.Stages())
        {
            await TrainAsync(stage, progressed, board, plan, parent, stop);
        }

        stop.ThrowIfCancellationRequested();

        return progressed;
    }

    private async Task TrainAsync(
        IReadOnlyList<LeaderboardFile.Row> stage, Progressed progressed, LeaderboardFile board, LeaderboardPlan plan, ITrackedRun parent,
        CancellationToken stop)
    {
        var earlier = progressed.Whole.ToList();
        await Parallel.ForEachAsync(stage, new ParallelOptions { MaxDegreeOfParallelism = plan.Jobs }, async (row, _) =>
        {
            var result = stop.IsCancellationRequested ? null : await TrainAsync(row, earlier, plan, parent.RunId, stop);
            if (result is null && stop.IsCancellationRequested)
            {
                return;   // not failed: the same command goes on with it
            }

            lock (progressed)
            {
                progressed.Add(row, result);
                progress.WriteLine($"[{progressed.Done}/{board.Entries.Count}] {row.Name}: {(result is null ? "failed" : Summary(result))}");
                progress.ShowLive($"{progressed.Done} of {board.Entries.Count} trainings are done", progressed.Done, board.Entries.Count);
            }
        });
    }

    private List<EntryResult> MeasureRandom(LeaderboardFile board, LeaderboardPlan plan, ITrackedRun parent, CancellationToken stop)
    {
        var results = new List<EntryResult>();
        foreach (var row in RandomRows(board.Entries))
        {
            var file = ResultFile(plan, row.Name, row.Seed);
            if (Stored(file, Hash(row.Configuration)) is { } stored)
            {
                results.Add(stored with { Backbone = Describe(row.Configuration.Backbone) });
                continue;
            }

            var result = measurement.Random(row, parent.RunId, Hash(row.Configuration), stop) with { Backbone = Describe(row.Configuration.Backbone) };
            Store(file, result, row);
            results.Add(result);
        }

        return results;
    }

    /// <summary>One row for each backbone and seed of the entries, with all protocols that an entry of that backbone is measured by.</summary>
    internal static IEnumerable<LeaderboardFile.Row> RandomRows(IReadOnlyList<LeaderboardFile.Row> entries)
    {
        var backbones = entries.Select(row => Describe(row.Configuration.Backbone)).Distinct().Count();

        return
        [
            .. from row in entries
               group row by (Backbone: Describe(row.Configuration.Backbone), row.Seed) into same
               let first = same.First()
               let all = same.Select(row => row.Configuration).ToList()
               select first with
               {
                   Name = backbones == 1 ? RandomName : $"{RandomName}, {same.Key.Backbone}",
                   Configuration = first.Configuration with
                   {
                       BackboneSection = first.Configuration.BackboneSection with { Weights = null, WeightsPrefix = null },
                       Evaluation = first.Configuration.Evaluation with { Protocols = [.. all.SelectMany(one => one.Evaluation.Protocols).Distinct()] },
                       Protocols = all.SelectMany(one => one.Protocols).DistinctBy(one => one.Key).ToDictionary(),
                   },
               },
        ];
    }

    private async Task<EntryResult?> TrainAsync(
        LeaderboardFile.Row row, IReadOnlyList<EntryResult> earlier, LeaderboardPlan plan, string parentRunId, CancellationToken stop)
    {
        var runs = row.After.ToDictionary(pair => pair.Key, pair => earlier.FirstOrDefault(run => (run.Name, run.Seed) == (pair.Value, row.Seed))?.RunId);
        if (runs.FirstOrDefault(pair => pair.Value is null) is { Key: { } key })
        {
            progress.WriteLine($"{row.Name} is not trained: {key} is to name the run of '{row.After[key]}', which has failed.");

            return null;
        }

        var (file, hash) = (ResultFile(plan, row.Name, row.Seed), Hash(row.Configuration, runs));
        if (Stored(file, hash) is { } stored)
        {
            return stored with { Backbone = Describe(row.Configuration.Backbone) };
        }

        var folder = Path.Combine(plan.Work, "runs");
        var configuration = row.Configuration with
        {
            Trainer = row.Configuration.Trainer with { OutputDirectory = folder },
            Tracking = row.Configuration.Tracking with { ParentRun = parentRunId, RunName = $"{row.Name}-seed{row.Seed}" },
        };
        string[] begins = [.. runs.Select(pair => $"{pair.Key}={Path.Combine(folder, pair.Value!)}")];
        var asked = begins.Length == 0 ? configuration : recipes.ReadText(configuration.ToYaml(), row.Name, begins);
        try
        {
            if (measurement.Finished(row, asked, Read(file), hash, stop) is { } found)
            {
                var finished = found with { Backbone = Describe(row.Configuration.Backbone) };
                Store(file, finished, row);

                return finished;
            }
        }
        catch (Exception e) when (ProtocolFailure.Covers(e))
        {
            progress.WriteLine($"{row.Name}: its finished run cannot be measured: {e.Message}");

            return null;
        }

        return await TrainAsync(row, configuration, file, begins, hash, stop);
    }

    private async Task<EntryResult?> TrainAsync(
        LeaderboardFile.Row row, ResolvedConfiguration configuration, string file, IEnumerable<string> begins, string hash, CancellationToken stop)
    {
        var (recipe, log) = (Path.ChangeExtension(file, ".yaml"), Path.ChangeExtension(file, ".log"));
        AtomicFile.Replace(recipe, configuration.ToYaml());
        progress.WriteLine($"Training {row.Name}, seed {row.Seed}: {log}");
        var sets = begins.SelectMany(begin => new[] { "--set", begin });
        var (exitCode, output) = await ChildProgram.RunAsync(["train", recipe, .. sets, "--resume", "auto", "--json"], log, stop);
        if (exitCode != 0)
        {
            if (!stop.IsCancellationRequested)
            {
                progress.WriteLine($"{row.Name} ended with exit code {exitCode}; the last lines of {log} say why.");
            }

            return null;
        }

        var summary = JsonSerializer.Deserialize<TrainingJson>(output, CliOutput.JsonOptions)!;
        var result = new EntryResult(
            row.Name, configuration.Method.Name, row.Seed, row.Reference, summary.Results, summary.TrainingSeconds, summary.ImagesPerSecond,
            summary.PeakMemoryBytes, summary.RunId, hash, summary.LeftOut)
        {
            Backbone = Describe(row.Configuration.Backbone), Protocols = summary.Protocols, Details = summary.Details, Duplicates = summary.Duplicates,
            AreVideos = summary.AreVideos,
        };
        foreach (var (protocol, reason) in summary.Failures ?? new Dictionary<string, string>())
        {
            progress.WriteLine($"{row.Name}: the protocol '{protocol}' has no number: {reason}");
        }

        Store(file, result, row);

        return result;
    }

    private void Publish(LeaderboardFile board, LeaderboardPlan plan, IReadOnlyList<EntryResult> results, ITrackedRun parent)
    {
        IReadOnlyList<string> protocols = [.. board.Entries.SelectMany(row => row.Configuration.Evaluation.Protocols).Distinct()];
        IReadOnlyList<string> conditions = [.. Conditions(board, plan)];
        var table = Path.Combine(plan.Output, $"{board.Stem}.md");
        var json = Path.Combine(plan.Output, $"{board.Stem}.json");
        var ordered = results.OrderBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.Seed).ToList();
        var fits = Fits(board, ordered);
        AtomicFile.Replace(
            table, LeaderboardTable.Write(board.Options, ordered, protocols, conditions) + ScalingFits.Write(fits) + SeriesTables.Write(ordered, protocols));
        AtomicFile.Replace(json, stream => JsonSerializer.Serialize(
            stream, new { board.Options.Title, Conditions = conditions, Results = ordered, Fits = fits ?? [] }, CliOutput.JsonOptions));
        foreach (var result in ordered)
        {
            foreach (var (protocol, accuracy) in result.Accuracy)
            {
                parent.LogMetric($"{result.Name}/{protocol}", accuracy, step: result.Seed);
            }
        }

        parent.LogArtifact(table, Path.GetFileName(table));
        parent.LogArtifact(json, Path.GetFileName(json));
    }

    // The table is worth more than what is read from it.
    private IReadOnlyList<ScalingFit>? Fits(LeaderboardFile board, IReadOnlyList<EntryResult> results)
    {
        try
        {
            return scaling.Of(board, results);
        }
        catch (ConfigurationException e)
        {
            progress.WriteLine($"The table has no fitted lines: {e.Message}");

            return null;
        }
    }

    private static IEnumerable<string> Conditions(LeaderboardFile board, LeaderboardPlan plan)
    {
        string Each(Func<ResolvedConfiguration, string> of) => string.Join(" or ", board.Entries.Select(row => of(row.Configuration)).Distinct());

        yield return $"Data: {Each(c => $"{Path.GetFileName(c.Data.Path) ?? c.Dataset.Name}{(c.Data.ImageSize is { } size ? $" at {size} pixels" : "")}")}.";
        yield return $"Backbone: {Each(c => Describe(c.Backbone))}.";
        yield return $"Budget: {Each(c => Budget(c.Trainer))}; seeds {string.Join(", ", board.Options.Seeds)}.";
        yield return $"Machine: {Processor()}, {Environment.ProcessorCount} cores; "
            + $"{Each(c => c.Trainer.Threads == 0 ? "all cores" : $"{c.Trainer.Threads} threads")} a training, {plan.Jobs} at a time. "
            + "Peak memory includes the evaluation.";
        yield return $"Made with `parallax leaderboard`, version {typeof(LeaderboardRun).Assembly.GetName().Version!.ToString(3)}; the numbers with more "
            + $"digits are in `{board.Stem}.json`.";
    }

    private static string Budget(TrainerOptions trainer) =>
        $"{trainer.Epochs} epochs{(trainer.MaxSteps is { } most ? $" (at most {most} steps)" : "")}, batches of {trainer.BatchSize}, "
        + EnumNames.Of(trainer.Precision);

    // Name and what is not the default.
    private static string Describe(PluginChoice choice) =>
        string.Join(", ", choice.Unusual().Select(option => $"{option.Key} {option.Value}").Prepend(choice.Name));

    private static string Processor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? "unknown processor"
        : "unknown processor";

    private static string Summary(EntryResult result) => string.Join(", ", result.Accuracy.Select(a => FormattableString.Invariant($"{a.Key} {a.Value:P1}")))
        + (result.Seconds > 0
            ? FormattableString.Invariant($", {result.Seconds / 60:F1} min, {SpeedText.Of(result.ImagesPerSecond, result.AreVideos)}") : "")
        + (result.LeftOut is { } left ? $", {left}" : "");

    // Settings of where and how things are written do not change the numbers.
    private static string Hash(ResolvedConfiguration configuration, IReadOnlyDictionary<string, string?>? runs = null)
    {
        var settings = configuration.Flatten().Where(p => !p.Key.StartsWith("tracking.", StringComparison.Ordinal) && p.Key != "trainer.outputDirectory")
            .Select(p => $"{p.Key}={p.Value}").Concat((runs ?? new Dictionary<string, string?>()).Select(p => $"{p.Key}={p.Value}"));

        return HashOf(string.Join('\n', settings))[..16];
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // Names that a file cannot carry get their hash, so that "v2+" and "v2!" stay apart.
    private static string ResultFile(LeaderboardPlan plan, string name, long seed)
    {
        var safe = string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '-' or '.' ? c : '-'));

        return Path.Combine(plan.Work, $"{(safe == name ? name : $"{safe}-{HashOf(name)[..6]}")}-seed{seed}.json");
    }

    private static EntryResult? Stored(string file, string hash) => Read(file) is { } result && result.Configuration == hash ? result : null;

    private static EntryResult? Read(string file) =>
        File.Exists(file) ? JsonSerializer.Deserialize<EntryResult>(File.ReadAllText(file), CliOutput.JsonOptions) : null;

    // A row without all its numbers is not done: the same command tries it again.
    private static void Store(string file, EntryResult result, LeaderboardFile.Row row)
    {
        if (IsWhole(result, row))
        {
            AtomicFile.Replace(file, stream => JsonSerializer.Serialize(stream, result, CliOutput.JsonOptions));
        }
    }

    private static bool IsWhole(EntryResult result, LeaderboardFile.Row row) => row.Configuration.Evaluation.Protocols.All(result.Accuracy.ContainsKey);

    // What is there so far.
    internal sealed record Progressed(List<EntryResult> Results)
    {
        public List<string> Failed { get; } = [];

        /// <summary>Those with all their numbers: others may begin with them.</summary>
        public List<EntryResult> Whole { get; } = [];

        public int Done { get; private set; }

        /// <summary>Adds what a row gave; a result that lacks a number is in the table, and has failed all the same.</summary>
        public void Add(LeaderboardFile.Row row, EntryResult? result)
        {
            Done++;
            if (result is not null)
            {
                Results.Add(result);
            }

            if (result is not null && IsWhole(result, row))
            {
                Whole.Add(result);
            }
            else
            {
                Failed.Add(row.Name);
            }
        }
    }

    // What `train --json` prints.
    private sealed record TrainingJson(
        string RunId,
        double ImagesPerSecond,
        double TrainingSeconds,
        long PeakMemoryBytes,
        IReadOnlyDictionary<string, double> Results,
        IReadOnlyDictionary<string, ProtocolRecord> Protocols,
        IReadOnlyDictionary<string, ProtocolDetails> Details,
        IReadOnlyDictionary<string, string>? Failures,
        LeftOutImages? LeftOut,
        DuplicateImages? Duplicates,
        bool AreVideos);
}
