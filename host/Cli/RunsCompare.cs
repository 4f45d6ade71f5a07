using System.CommandLine;
using Parallax.Host.Configuration;
using Parallax.Host.Processes;
using Parallax.Host.Reports;
using Parallax.Host.Tracking;

namespace Parallax.Host.Cli;

/// <summary><c>parallax runs compare</c>: what runs differ in.</summary>
/// <param name="trackers">Opens the store.</param>
/// <param name="optionsOf">Reads where it is from the command line.</param>
/// <param name="json">Whether to print JSON.</param>
/// <param name="output">Printed to.</param>
internal sealed class RunsCompare(Lazy<Trackers> trackers, Func<ParseResult, TrackingOptions> optionsOf, Option<bool> json, CliOutput output)
{
    private const int Fewest = 2, Most = 12, ShownOfAnId = 8;
    private const string None = "-";

    public Command BuildCompare()
    {
        var ids = new Argument<string[]>("RUN_ID") { Description = "Identifiers of two runs or more, or their beginnings.", Arity = new(1, Most) };
        var compare = new Command("compare", "Show what runs differ in: keys of the recipe, metrics (last and best), environment.") { ids };
        compare.SetAction((parsed, cancellation) => CompareAsync(parsed, parsed.GetValue(ids)!, cancellation));

        return compare;
    }

    private async Task<int> CompareAsync(ParseResult parsed, string[] ids, CancellationToken cancellation)
    {
        if (ids.Length < Fewest)
        {
            throw new ConfigurationException($"There is one run to compare, {ids[0]}, and it takes two or more. Name another; 'parallax runs' lists them.");
        }

        using var reader = trackers.Value.Read(optionsOf(parsed));
        var (runs, faults, later) = (new List<StoredRun>(), new List<string>(), new List<IReadOnlyList<LaterNumber>>());
        foreach (var id in ids)
        {
            if (await reader.FindAsync(id, cancellation) is { } run)
            {
                runs.Add(run);
            }
            else
            {
                faults.Add($"There is no run {id} in {reader.Address}. 'parallax runs' lists the runs there.");
            }
        }

        if (runs.GroupBy(run => run.RunId).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            faults.Add($"{twice.Key} is given twice. Give two different runs.");
        }

        if (faults.Count > 0)
        {
            throw new ConfigurationException(faults);
        }

        foreach (var run in runs)
        {
            later.Add(await reader.LaterNumbersAsync(run, cancellation));
        }

        var comparison = await RunComparison.Of(runs, (runId, key) => reader.HistoryAsync(runId, key, cancellation), later);
        if (parsed.GetValue(json))
        {
            output.Json(comparison);
        }
        else
        {
            Print(comparison);
        }

        return ExitCodes.Done;
    }

    private void Print(RunComparison comparison)
    {
        IReadOnlyList<string> Row(string part, string key, IEnumerable<string> values) => [part, key, .. values];
        var rows = new List<IReadOnlyList<string>>
        {
            Row("run", "id", comparison.Runs.Select(run => run.RunId)),
            Row("run", "name", comparison.Runs.Select(run => run.Name)),
            Row("run", "status", comparison.Runs.Select(run => RunStatus.Word(run.Status))),
        };
        if (comparison.Runs.Any(run => run.Verdict is not null))
        {
            rows.Add(Row("run", "verdict", comparison.Runs.Select(run => run.Verdict ?? None)));
        }

        rows.AddRange(comparison.Recipe.Select(value => Row("recipe", value.Key, value.Values.Select(text => text ?? None))));
        rows.AddRange(comparison.Metrics.Select(metric => Row("metric", metric.Key, metric.Texts().Select(text => text ?? None))));
        rows.AddRange(comparison.Later.Select(metric => Row("measured afterwards", metric.Key, metric.Texts().Select(text => text ?? None))));
        rows.AddRange(comparison.Environment.Select(value => Row("environment", value.Key, value.Values.Select(text => text ?? None))));
        output.Table(["part", "key", .. comparison.Runs.Select(run => run.RunId[..Math.Min(ShownOfAnId, run.RunId.Length)])], rows, whole: 2, isNamed: true);
        if (comparison.Recipe.Count == 0)
        {
            output.Error("Their recipes are the same.");
        }
    }
}
