using System.Collections.Concurrent;
using Parallax.Contracts;

namespace Parallax.Benchmarks.Gate;

/// <summary>Measures the critical set and compares it with the baseline.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="start">Starts a process that measures.</param>
/// <param name="progress">Told what is being measured.</param>
/// <param name="stop">Ends it.</param>
internal sealed class CheckRun(GateOptions options, Func<IMeasuringProcess> start, Action<string> progress, CancellationToken stop)
{
    private const double FloorMilliseconds = 0.01;
    private const int MostProcesses = 2;   // that count at the same time: counts do not mind, memory does

    private readonly IReadOnlyList<NumberKind> _kinds = options.Counts ? NumberKind.Counts : NumberKind.All;

    /// <summary>Runs it.</summary>
    /// <param name="revision">The commit that is measured.</param>
    /// <exception cref="ConfigurationException">There is no baseline, or no measurement of that name.</exception>
    public GateReport Run(string revision)
    {
        var baseline = Baseline.Read(options.Baseline);
        if (baseline is null && !options.Accept)
        {
            throw new ConfigurationException($"There is no baseline {options.Baseline}. Take it from the repository, or write one with "
                + "'parallax bench --check --accept'.");
        }

        var (environment, names, counts) = Count(baseline);
        if (options.Accept)
        {
            Acceptance.RequireWhole(counts);
        }

        baseline ??= new(environment, Baseline.UsualTolerances, new Dictionary<string, IReadOnlyDictionary<string, double>>());
        List<Row> rows = [.. new CountComparison(baseline, environment).Compare(counts, options.Filters)];
        if (!options.Counts)
        {
            rows.AddRange(Ratios(baseline, environment, [.. names.Where(name => counts[name].Error is null)]));
        }

        return new(options.Counts ? "--check --counts" : "--check", revision, environment, [.. rows.OrderBy(row => row.Measurement, StringComparer.Ordinal)])
        {
            Operators = counts.Where(count => count.Value.Counts is not null).ToDictionary(count => count.Key, count => count.Value.Counts!.Operators),
        };
    }

    /// <summary>Writes what a run measured into the baseline.</summary>
    public void Accept(GateReport report) =>
        Acceptance.Of(Baseline.Read(options.Baseline), report.Environment, report.Rows, _kinds, options.Filters).Write(options.Baseline);

    private (MeasuringEnvironment Environment, IReadOnlyList<string> Names, IReadOnlyDictionary<string, Answer> Counts) Count(Baseline? baseline)
    {
        using var process = start();
        var all = process.Heading.Names;
        var names = all.Where(name => Globs.Match(options.Filters, name)).ToList();
        if (names.Count == 0 && baseline?.Measurements.Keys.Any(name => Globs.Match(options.Filters, name)) != true)
        {
            throw Globs.NothingFits(options.Filters, all);
        }

        progress($"counting {names.Count} measurements");

        return (process.Heading.Environment, names, Count(names));
    }

    /// <summary>Counts each in a process of its own: what the compiler makes of a method depends on what the process did before.</summary>
    private ConcurrentDictionary<string, Answer> Count(IReadOnlyList<string> names)
    {
        var counts = new ConcurrentDictionary<string, Answer>();
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = Math.Min(MostProcesses, Environment.ProcessorCount), CancellationToken = stop };
        Parallel.ForEachAsync(names, atOnce, (name, _) =>
        {
            using var process = start();
            counts[name] = process.Ask(new(Do.Count, name));

            return ValueTask.CompletedTask;
        }).GetAwaiter().GetResult();
        stop.ThrowIfCancellationRequested();   // the last ones may have been cut short

        return counts;
    }

    private List<Row> Ratios(Baseline baseline, MeasuringEnvironment environment, IReadOnlyList<string> names)
    {
        var difference = environment.DifferenceFrom(baseline.Environment, NumberKind.Ratio.Of);
        var compared = options.Accept || difference is not null ? [] : names.Where(name => baseline.NumberOf(name, NumberKind.Ratio) is not null).ToList();
        var study = new RatioStudy(new PeerPairs(start, stop), options.Rounds, progress, stop);
        var limits = new RatioTest(baseline.ToleranceOf(NumberKind.Ratio).Relative, FloorMilliseconds);
        var tests = compared.ToDictionary(name => name, name => new ExpectedRatio(baseline.NumberOf(name, NumberKind.Ratio)!.Value, limits));
        List<Row> rows = [.. study.Run(compared, tests).Select(studied => RowOf(studied, tests[studied.Name]))];
        foreach (var (name, samples) in study.Sample([.. names.Except(compared)]))
        {
            rows.Add(RowOf(name, samples, baseline.NumberOf(name, NumberKind.Ratio), difference));
        }

        var missing = baseline.Measurements.Keys.Where(name => Globs.Match(options.Filters, name) && !names.Contains(name))
            .Where(name => baseline.NumberOf(name, NumberKind.Ratio) is not null);
        rows.AddRange(missing.Select(name => new Row(name, NumberKind.Ratio.Name, Outcome.Missing)
        {
            Before = baseline.NumberOf(name, NumberKind.Ratio), Note = "in the baseline, not measured",
        }));

        return rows;
    }

    private static Row RowOf(StudiedRatio studied, ExpectedRatio expected) => new(studied.Name, NumberKind.Ratio.Name, studied.Result.Outcome)
    {
        Before = expected.Ratio, Here = studied.Result.Ratio.Middle, Interval = studied.Result.Ratio, Note = studied.Note,
        Limit = expected.Ratio * (1 + expected.Limits.Allowed), MoreRounds = studied.Result.Outcome == Outcome.Inconclusive ? studied.Result.MoreRounds : null,
    };

    /// <summary>A ratio that is not compared: it is not in the baseline, or that belongs to another processor, or is about to be written.</summary>
    private Row RowOf(string name, PairedSamples samples, double? before, string? difference)
    {
        var row = new Row(name, NumberKind.Ratio.Name, before is null ? Outcome.New : difference is null ? Outcome.Pass : Outcome.NotCompared)
        {
            Before = before, Note = before is null ? "not in the baseline: --accept writes it there" : difference ?? "",
        };
        if (samples.Error is not null || samples.LogRatios.Count == 0 || !samples.LogRatios.All(double.IsFinite))
        {
            return row with { Outcome = Outcome.Invalid, Note = samples.Error ?? "no finite number" };
        }

        var (low, middle, high) = Bootstrap.OfMedian(samples.LogRatios);

        return row with { Here = Math.Exp(middle), Interval = new(Math.Exp(low), Math.Exp(middle), Math.Exp(high)) };
    }
}
