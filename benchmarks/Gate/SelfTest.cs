using System.Globalization;

namespace Parallax.Benchmarks.Gate;

/// <summary>The gate tested on itself: it finds faults that were made on purpose, and none where there are none.</summary>
/// <param name="options">Whether the short form is asked for.</param>
/// <param name="progress">Told what is being done.</param>
/// <param name="stop">Ends it.</param>
internal sealed class SelfTest(GateOptions options, Action<string> progress, CancellationToken stop)
{
    private const string Loss = "losses/nt-xent-256", Small = "losses/negative-cosine-256";
    private const double Slowdown = 0.1;
    private const int EqualRuns = 10;

    private int _failed;

    /// <summary>Runs it.</summary>
    /// <returns>0 when the gate does what it should, else 1.</returns>
    public int Run()
    {
        SyntheticSlowdownFails();
        SyntheticNoiseIsNotAFault();
        CountsRepeat();
        if (!options.Short)
        {
            SlowdownFails();
            EqualProgramsPass();
        }

        Console.WriteLine(_failed == 0 ? "The gate does what it should." : $"{_failed.ToString(CultureInfo.InvariantCulture)} of the gate's own tests failed.");

        return _failed == 0 ? (int)Verdict.Pass : (int)Verdict.Fail;
    }

    private void SyntheticSlowdownFails()
    {
        var random = new Contracts.CounterRandom(seed: 2, epoch: 0, sample: 0, view: 0);
        double[] slower = [.. Enumerable.Range(0, 12).Select(_ => Math.Log(1 + Slowdown) + random.Uniform(-0.03, 0.03))];
        Report("10 % slower, noise of 3 %: fail", Outcome.Fail, new RatioTest(0.05, 0).Of(slower, difference: 1).Outcome);
    }

    private void SyntheticNoiseIsNotAFault()
    {
        var random = new Contracts.CounterRandom(seed: 3, epoch: 0, sample: 0, view: 0);
        double[] equal = [.. Enumerable.Range(0, 12).Select(_ => random.Uniform(-0.03, 0.03))];
        double[] noisy = [.. Enumerable.Range(0, 12).Select(_ => random.Uniform(-0.4, 0.4))];
        Report("equal, noise of 3 %: pass", Outcome.Pass, new RatioTest(0.05, 0).Of(equal, difference: 0.001).Outcome);
        Report("equal, noise of 40 %: inconclusive", Outcome.Inconclusive, new RatioTest(0.05, 0).Of(noisy, difference: 1).Outcome);
    }

    /// <summary>Two processes count the same; one that allocates more, or in .NET or in libtorch, fails.</summary>
    private void CountsRepeat()
    {
        string[] filters = [Loss, Small];
        var (environment, first) = Count(filters, extraAllocation: false);
        if (first.FirstOrDefault(count => count.Value.Counts is null) is { Value: { } dead } none)
        {
            Fail($"counts of {none.Key}", dead.Error ?? "there are none");
            return;
        }

        var rows = first.SelectMany(count => count.Value.Counts!.Numbers.Select(number => new Row(count.Key, number.Key, Outcome.New) { Here = number.Value }));
        var baseline = Acceptance.Of(null, environment, [.. rows], NumberKind.Counts, filters);
        var comparison = new CountComparison(baseline, environment);
        Report("counts of a second process: pass", Verdict.Pass, VerdictOf(comparison.Compare(Count(filters, extraAllocation: false).Counts, filters)));

        var more = comparison.Compare(Count(filters, extraAllocation: true).Counts, filters);
        Report("one more allocation: fail", Verdict.Fail, VerdictOf(more));
        foreach (var kind in new[] { NumberKind.ManagedBytes, NumberKind.NativeBlocks, NumberKind.NativePeakBytes, NumberKind.Operators, NumberKind.Tensors })
        {
            var found = more.FirstOrDefault(row => row.Measurement == Small && row.Number == kind.Name)?.Outcome ?? Outcome.Missing;
            Report($"one more allocation, {kind.Name}: fail", Outcome.Fail, found);
        }
    }

    private void SlowdownFails()
    {
        var report = Against(new() { Filters = [Loss], Against = "this program, 10 % slower", Rounds = options.Rounds }, Slowdown);
        Report("a loss that does 10 % more work: fail", Verdict.Fail, report.Verdict);
    }

    private void EqualProgramsPass()
    {
        for (var run = 1; run <= EqualRuns; run++)
        {
            var report = Against(new() { Filters = [Loss], Against = "this program", Rounds = options.Rounds }, extraWork: 0);
            Report($"equal programs, {run} of {EqualRuns}: pass", Verdict.Pass, report.Verdict);
        }
    }

    private GateReport Against(GateOptions what, double extraWork)
    {
        var report = new AgainstRun(what, Start, Start, progress, stop) { ExtraWork = extraWork }.Run("self-test");
        Console.WriteLine($"  {report.Rows[0].Note}, allowed up to {report.Rows[0].Limit / report.Rows[0].Before:0.000}");

        return report;
    }

    private (MeasuringEnvironment Environment, Dictionary<string, Answer> Counts) Count(IReadOnlyList<string> names, bool extraAllocation)
    {
        stop.ThrowIfCancellationRequested();
        using var process = Start();

        return (process.Heading.Environment,
            names.ToDictionary(name => name, name => process.Ask(new(Do.Count, name) { ExtraAllocation = extraAllocation })));
    }

    private MeasuringProcess Start() => MeasuringProcess.Start(MeasuringProgramFile.This, stop);

    private static Verdict VerdictOf(IReadOnlyList<Row> rows) => Verdicts.Of([.. rows.Select(row => row.Outcome)]);

    private void Report<T>(string what, T expected, T found)
        where T : struct, Enum
    {
        if (expected.Equals(found))
        {
            Console.WriteLine($"ok: {what}");
        }
        else
        {
            Fail(what, $"expected {expected}, found {found}");
        }
    }

    private void Fail(string what, string reason)
    {
        _failed++;
        Console.WriteLine($"FAILED: {what} ({reason})");
    }
}
