using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Parallax.Host;
using Parallax.Host.Configuration;
using Parallax.Host.Terminal;
using Parallax.Host.Tracking;

namespace Parallax.Benchmarks.Gate;

/// <summary>Logs a run for each measurement to an MLflow store, so that its history can be seen there.</summary>
/// <remarks>By Parallax's own client: what a store that is down does not take waits on disk, and nothing here stops the gate.</remarks>
internal static class GateTracking
{
    /// <summary>The experiment of MLflow that the runs belong to.</summary>
    public const string Experiment = "parallax-bench";

    private const int AtOnce = 8;   // runs: each may wait for a store that does not answer

    /// <summary>Logs.</summary>
    /// <param name="report">The result.</param>
    /// <param name="options">The store.</param>
    /// <param name="errors">Receives warnings.</param>
    public static void Log(GateReport report, TrackingOptions options, TextWriter errors)
    {
        using var services = Composition.Create(new CliOutput(TextWriter.Null, TextWriter.Synchronized(errors), isTerminal: false));
        var trackers = services.GetRequiredService<Trackers>();
        Parallel.ForEach(
            report.Rows.GroupBy(row => row.Measurement), new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            rows => Log(trackers, options, report, [.. rows]));
    }

    private static void Log(Trackers trackers, TrackingOptions options, GateReport report, IReadOnlyList<Row> rows)
    {
        var verdict = report.VerdictOf(rows);
        var tags = new Dictionary<string, string> { ["verdict"] = verdict.ToString().ToLowerInvariant(), ["command"] = report.Command };
        using var run = trackers.Record(options, new(Experiment, rows[0].Measurement, tags));
        run.LogParameters(new Dictionary<string, string>
        {
            ["measurement"] = rows[0].Measurement,
            ["revision"] = report.Revision,
            ["cpu"] = report.Environment.Processor,
            ["kernels"] = report.Environment.Kernels,
            ["libtorch"] = report.Environment.Libtorch,
            ["dotnet"] = report.Environment.Dotnet,
            ["threads"] = report.Environment.Threads.ToString(CultureInfo.InvariantCulture),
        });
        foreach (var row in rows)
        {
            Log(run, row.Number, row.Here);
            Log(run, row.Number + "-before", row.Before);
            Log(run, row.Number + "-low", row.Interval?.Low);
            Log(run, row.Number + "-high", row.Interval?.High);
        }

        run.End(verdict == Verdict.Fail ? RunOutcome.Failed : RunOutcome.Finished);
    }

    private static void Log(ITrackedRun run, string name, double? value)
    {
        if (value is { } number)
        {
            run.LogMetric(name, number, step: 0);
        }
    }
}
