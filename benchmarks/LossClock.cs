using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Parallax.Benchmarks.Gate;

namespace Parallax.Benchmarks;

/// <summary>Time and memory of large contrastive losses, forward and backward, beside their written-out forms, each side in a process of its own:
/// <c>losses NAME [--batch N] [--keys K] [--dim D] [--rounds R] [--steps S] [ours|plain]</c>.</summary>
/// <remarks>
/// Without a side it starts both in turn (ours plain, plain ours, ...) and prints medians and the median of the rounds' ratios. Time is the processor's, user
/// and system; memory is the peak of the process, and what of it came after the inputs were made and a tiny batch had run.
/// </remarks>
internal static class LossClock
{
    public static int Run(string[] args)
    {
        if (args.Length == 0 || !LossCases.All.TryGetValue(args[0], out var loss))
        {
            Console.Error.WriteLine($"losses takes one of {string.Join(", ", LossCases.All.Keys)}, then --batch, --keys, --dim, --rounds, --steps.");
            return 2;
        }

        return args[^1] is "ours" or "plain" ? Measure(loss, args) : Compare(args);
    }

    private static int Measure(Func<LossInputs, bool, Tensor> loss, string[] args)
    {
        var (steps, ours) = (Number(args, "--steps", 3), args[^1] == "ours");
        var inputs = new LossInputs(Number(args, "--batch", 256), Number(args, "--keys", 65536), Number(args, "--dim", 128));
        Step(new(8, 2048, 8));   // what the runtime and the libraries need whatever the size
        var before = Process.GetCurrentProcess().WorkingSet64;
        for (var i = 0; i < Math.Min(steps, 3); i++)
        {
            Step(inputs);   // compiles, and asks the system for the memory that is then used again
        }

        (double Processor, double Wall)[] times = [.. Enumerable.Range(0, steps).Select(_ => Timed(() => Step(inputs)))];
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new Result(
            Median(times, time => time.Processor), Median(times, time => time.Wall),
            process.PeakWorkingSet64 / 1048576.0, (process.PeakWorkingSet64 - before) / 1048576.0)));

        return 0;

        void Step(LossInputs of)
        {
            using var scope = NewDisposeScope();
            loss(of, ours).backward();
            (of.A.grad, of.B.grad) = (null, null);
        }
    }

    private static (double Processor, double Wall) Timed(Action step)
    {
        var (start, watch) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.StartNew());
        step();

        return ((Process.GetCurrentProcess().TotalProcessorTime - start).TotalMilliseconds, watch.Elapsed.TotalMilliseconds);
    }

    private static int Compare(string[] args)
    {
        var results = new Dictionary<string, List<Result>> { ["ours"] = [], ["plain"] = [] };
        for (var round = 0; round < Number(args, "--rounds", 3); round++)
        {
            foreach (var side in round % 2 == 0 ? new[] { "ours", "plain" } : ["plain", "ours"])
            {
                results[side].Add(InOwnProcess([.. args, side]));
            }
        }

        foreach (var (side, rounds) in results)
        {
            var (processor, wall) = (Median(rounds, r => r.ProcessorMs), Median(rounds, r => r.WallMs));
            var (peak, added) = (Median(rounds, r => r.PeakMb), Median(rounds, r => r.AddedMb));
            Console.WriteLine(FormattableString.Invariant(
                $"{side,-6} processor {processor,9:F1} ms  wall {wall,9:F1} ms  peak {peak,7:F0} MB  added {added,7:F1} MB"));
        }

        var pairs = results["ours"].Zip(results["plain"]).ToList();
        Console.WriteLine(FormattableString.Invariant(
            $"ratio  processor {Ratio(r => r.ProcessorMs):F2}  wall {Ratio(r => r.WallMs):F2}  added {Ratio(r => r.AddedMb):F3}"));

        return 0;

        double Ratio(Func<Result, double> value) => Median(pairs, pair => value(pair.First) / value(pair.Second));
    }

    private static Result InOwnProcess(string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        foreach (var argument in args.Prepend("losses"))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<Result>(line)!
            : throw new InvalidOperationException($"'losses {string.Join(' ', args)}' ended with exit code {process.ExitCode}.");
    }

    private static double Median<T>(IEnumerable<T> items, Func<T, double> value) => Bootstrap.Median([.. items.Select(value)]);

    private static int Number(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

    private sealed record Result(double ProcessorMs, double WallMs, double PeakMb, double AddedMb);
}
