using System.CommandLine;
using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Tracking;
using Parallax.Host.Watching;

namespace Parallax.Host.Cli;

/// <summary><c>parallax runs</c>: what the tracking store holds.</summary>
internal sealed class RunsCommand(Lazy<Trackers> trackers, TimeProvider time, CliOutput output) : ICliCommand
{
    private const int MetricsInList = 3;
    private readonly Option<string?> _uri =
        new("--uri") { Description = "The store; else MLFLOW_TRACKING_URI, else mlflow.db in this folder.", HelpName = "URI", Recursive = true };
    private readonly Option<string?> _spool =
        new("--spool") { Description = "The folder of tracking.spool; else ~/.parallax/spool.", HelpName = "DIR", Recursive = true };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON.", Recursive = true };

    public IReadOnlyList<string> Examples =>
    [
        "parallax runs", "parallax runs --experiment parallax --json", "parallax runs show RUN_ID", "parallax runs compare RUN_ID RUN_ID",
        "parallax runs sync", "parallax runs discard RUN_ID", "parallax runs --uri http://localhost:5000",
    ];

    public Command Build()
    {
        var experiment = new Option<string?>("--experiment") { Description = "Only runs of this experiment.", HelpName = "NAME" };
        var limit = new Option<int>("--limit") { Description = "Show at most this many.", DefaultValueFactory = _ => 20 };
        limit.Validators.Add(value =>
        {
            if (value.GetValueOrDefault<int>() is < 1 or > 1000)
            {
                value.AddError($"--limit is {value.GetValueOrDefault<int>()}; expected 1 to 1000.");
            }
        });
        var command = new Command("runs", "List the runs of the tracking store, newest first.") { experiment, limit, _uri, _spool, _json };
        command.SetAction((parsed, cancellation) => ListAsync(parsed, parsed.GetValue(experiment), parsed.GetValue(limit), cancellation));
        command.Add(BuildShow());
        command.Add(new RunsCompare(trackers, OptionsOf, _json, output).BuildCompare());
        var spool = new RunsSpool(trackers, OptionsOf, _json, output);
        command.Add(spool.BuildSync());
        command.Add(spool.BuildDiscard());

        return command;
    }

    private Command BuildShow()
    {
        var runId = new Argument<string>("RUN_ID") { Description = "Identifier of the run, or its beginning." };
        var show = new Command("show", "Show parameters, tags and last metrics of one run.") { runId };
        show.SetAction((parsed, cancellation) => ShowAsync(parsed, parsed.GetValue(runId)!, cancellation));

        return show;
    }

    private async Task<int> ListAsync(ParseResult parsed, string? experiment, int limit, CancellationToken cancellation)
    {
        using var reader = trackers.Value.Read(OptionsOf(parsed));
        var runs = await reader.ListAsync(experiment, limit, cancellation);
        if (parsed.GetValue(_json))
        {
            output.Json(runs.Select(RunSummary.Of));
            return 0;
        }

        Print([.. runs.Select(RunSummary.Of)]);
        if (runs.Count == 0)
        {
            output.Error($"No runs in {reader.Address}{(experiment is null ? "" : $", experiment '{experiment}'")}.");
        }

        return 0;
    }

    private void Print(IReadOnlyList<RunSummary> runs)
    {
        var zone = time.LocalTimeZone;
        string Metrics(RunSummary run) => string.Join(", ", Said(run));
        if (!output.IsTerminal)
        {
            output.Table([], runs.Select(run => (string[])
            [
                run.RunId, run.Name, RunStatus.Word(run.Status), RunSummary.Text(run.Start, zone), run.Method ?? "", Metrics(run),
            ]));
            return;
        }

        var hidden = output.Lines(
            ["run", "status", $"start ({RunSummary.ZoneName(zone)})", "method", "name", "last metrics"],
            [
                .. runs.Select(run => (string[])
                    [run.RunId, RunStatus.Word(run.Status), RunSummary.ShortText(run.Start, zone), run.Method ?? "", run.Name, Metrics(run)]),
            ],
            whole: 3);
        if (hidden.Count > 0 && runs.Count > 0)
        {
            output.Error($"No room here for: {string.Join(", ", hidden)}. A wider terminal shows them, and so do 'parallax runs show RUN' and --json.");
        }
    }

    private async Task<int> ShowAsync(ParseResult parsed, string runId, CancellationToken cancellation)
    {
        using var reader = trackers.Value.Read(OptionsOf(parsed));
        var stored = await reader.FindAsync(runId, cancellation)
            ?? throw new ConfigurationException($"There is no run {runId} in {reader.Address}. 'parallax runs' lists the runs there.");
        var run = RunSummary.Of(stored) with { Later = await reader.LaterNumbersAsync(stored, cancellation) };
        if (parsed.GetValue(_json))
        {
            output.Json(run);
            return 0;
        }

        var general = new Dictionary<string, string>
        {
            ["run"] = run.RunId,
            ["name"] = run.Name,
            ["status"] = RunStatus.Word(run.Status),
            ["start"] = RunSummary.Text(run.Start, time.LocalTimeZone),
            ["end"] = run.End is { } end ? RunSummary.Text(end, time.LocalTimeZone) : "",
            ["files"] = run.ArtifactUri,
        };
        if (RunFailure.Of(stored) is { } failure)
        {
            general["failure"] = failure.Message;
        }

        if (RunFailure.Of(stored)?.Replay is { } replay)
        {
            general["last step"] = replay;
        }

        Section("run", general);
        Section("metric", run.Metrics.ToDictionary(m => m.Key, m => Number(m.Value)));
        Section("measured afterwards", run.Later.ToDictionary(later => later.Name, later => string.Create(
            CultureInfo.InvariantCulture, $"{Number(later.Value)} (measured afterwards, at step {later.Step}, by run {later.RunId})")));
        Section("parameter", run.Parameters);
        Section("tag", run.Tags);

        return 0;
    }

    private TrackingOptions OptionsOf(ParseResult parsed) => new() { Uri = parsed.GetValue(_uri), Spool = parsed.GetValue(_spool) };

    private void Section(string noun, IReadOnlyDictionary<string, string> pairs) =>
        output.Table([noun, ""], pairs.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => (string[])[p.Key, p.Value]));

    // What a run does and how well, before how fast it is.
    private static IEnumerable<string> Said(RunSummary run)
    {
        var verdict = RunTags.VerdictOf(run.Tags);
        var metrics = run.Metrics.OrderBy(metric => RankOf(metric.Key)).ThenBy(metric => metric.Key, StringComparer.Ordinal).Take(MetricsInList).Select(Pair);

        return verdict is null ? metrics : metrics.Prepend(verdict);
    }

    private static int RankOf(string metric) => metric switch
    {
        RunView.LossKey => 0,
        _ when metric.StartsWith("final/", StringComparison.Ordinal) => 1,
        _ when metric.StartsWith("online/", StringComparison.Ordinal) => 2,
        _ when metric.StartsWith("speed/", StringComparison.Ordinal) => 4,
        _ => 3,
    };

    private static string Pair(KeyValuePair<string, double> metric) => $"{metric.Key} {Number(metric.Value)}";

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
