using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Parallax.Plugins.Parts;
using Parallax.Tests;

namespace Parallax.Benchmarks;

/// <summary>Time and memory of large contrastive losses, forward and backward, beside their written-out forms, each side in a process of its own:
/// <c>losses NAME [--batch N] [--keys K] [--dim D] [--rounds R] [--steps S] [ours|plain]</c>.</summary>
/// <remarks>
/// Without a side it starts both in turn (ours plain, plain ours, ...) and prints medians and the median of the rounds' ratios. Time is the processor's, user and
/// system; memory is the peak of the process, and what of it came after the inputs were made.
/// </remarks>
internal static class LossClock
{
    private const double Temperature = 0.2, TeacherTemperature = 0.05;

    private static readonly Dictionary<string, Func<Inputs, bool, Tensor>> Losses = new()
    {
        ["info-nce"] = (x, ours) =>
            ours ? InfoNCELoss.Compute(x.A, x.B, x.Queue, Temperature) : PlainLosses.InfoNCE(x.A, x.B, x.Queue, Temperature),
        ["nt-xent"] = (x, ours) => ours ? NTXentLoss.Compute(x.A, x.B, Temperature) : PlainLosses.NTXent(x.A, x.B, Temperature),
        ["dcl"] = (x, ours) => ours
            ? DCLLoss.Compute(x.A, x.B, Temperature)
            : (PlainLosses.NegativesOfPairs(x.A, x.B, Temperature) - ((F.normalize(x.A) * F.normalize(x.B)).sum(1).repeat(2) / Temperature)).mean(),
        ["moco-v3"] = (x, ours) => ours
            ? MoCoV3Loss.Compute(x.A, x.B, x.Images, Temperature)
            : 2 * Temperature * F.cross_entropy((F.normalize(x.A) / Temperature).matmul(F.normalize(x.B.detach()).t()), x.Images),
        ["re-ssl"] = (x, ours) => ours
            ? ReSSLLoss.Compute(x.A, Neighbourhood.Of(x.B, x.Queue, TeacherTemperature), x.Queue, Temperature)
            : PlainLosses.ReSSL(x.A, x.B, x.Queue, Temperature, TeacherTemperature),
        ["sce"] = (x, ours) => ours
            ? SCELoss.Compute(x.A, x.B, x.Queue, Neighbourhood.Of(x.B, x.Queue, TeacherTemperature), Temperature, 0.5, SCEPositive.ZeroLogit)
            : PlainLosses.SCE(x.A, x.B, x.Queue, Temperature, TeacherTemperature, 0.5, SCEPositive.ZeroLogit),
        ["ascl"] = (x, ours) => ours
            ? ASCLLoss.Compute(x.A, x.B, x.Queue, SoftPositives.OfQueue(x.B, x.Queue, Neighbourhood.Of(x.B, x.Queue, TeacherTemperature), TeacherTemperature, 1,
                ASCLWeighting.Adaptive), Temperature)
            : PlainLosses.ASCL(x.A, x.B, x.Queue, Temperature, TeacherTemperature, 1, ASCLWeighting.Adaptive),
        ["mochi"] = (x, ours) => ours
            ? InfoNCELoss.FromLogits(MoCHiLogits.Compute(x.A, x.B, x.Queue, Temperature, 1024, x.Draws).All)
            : InfoNCELoss.FromLogits(PlainLosses.MoCHi(x.A, x.B, x.Queue, Temperature, 1024, x.Draws)),
        ["barlow-twins"] = (x, ours) => ours ? BarlowTwinsLoss.Compute(x.A, x.B, 0.005) : PlainLosses.BarlowTwins(x.A, x.B, 0.005),
    };

    public static int Run(string[] args)
    {
        if (args.Length == 0 || !Losses.TryGetValue(args[0], out var loss))
        {
            Console.Error.WriteLine($"losses takes one of {string.Join(", ", Losses.Keys)}, then --batch, --keys, --dim, --rounds, --steps.");
            return 2;
        }

        return args[^1] is "ours" or "plain" ? Measure(loss, args) : Compare(args);
    }

    private static int Measure(Func<Inputs, bool, Tensor> loss, string[] args)
    {
        var (steps, ours) = (Number(args, "--steps", 3), args[^1] == "ours");
        using var inputs = new Inputs(Number(args, "--batch", 256), Number(args, "--keys", 65536), Number(args, "--dim", 128));
        var before = Process.GetCurrentProcess().WorkingSet64;
        Step();
        var start = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < steps; i++)
        {
            Step();
        }

        using var process = Process.GetCurrentProcess();
        var (processor, wall) = ((process.TotalProcessorTime - start).TotalMilliseconds / steps, watch.Elapsed.TotalMilliseconds / steps);
        Console.WriteLine(JsonSerializer.Serialize(
            new Result(processor, wall, process.PeakWorkingSet64 / 1048576.0, (process.PeakWorkingSet64 - before) / 1048576.0)));

        return 0;

        void Step()
        {
            using var scope = NewDisposeScope();
            loss(inputs, ours).backward();
            (inputs.A.grad, inputs.B.grad) = (null, null);
        }
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
            Console.WriteLine(FormattableString.Invariant(
                $"{side,-6} processor {Median(rounds, r => r.ProcessorMs),9:F1} ms  wall {Median(rounds, r => r.WallMs),9:F1} ms  peak {Median(rounds, r => r.PeakMb),7:F0} MB  added {Median(rounds, r => r.AddedMb),7:F1} MB"));
        }

        var pairs = results["ours"].Zip(results["plain"]).ToList();
        Console.WriteLine(FormattableString.Invariant(
            $"ratio  processor {Median(pairs, p => p.First.ProcessorMs / p.Second.ProcessorMs):F2}  wall {Median(pairs, p => p.First.WallMs / p.Second.WallMs):F2}  added {Median(pairs, p => p.First.AddedMb / p.Second.AddedMb):F3}"));

        return 0;
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

    private static double Median<T>(IEnumerable<T> items, Func<T, double> value)
    {
        double[] sorted = [.. items.Select(value).Order()];

        return sorted[sorted.Length / 2];
    }

    private static int Number(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is var at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;

    private sealed record Result(double ProcessorMs, double WallMs, double PeakMb, double AddedMb);

    private sealed class Inputs : IDisposable
    {
        public Inputs(long batch, long keys, long dim)
        {
            manual_seed(1);
            using var generator = new Generator(1);
            using var scope = NewDisposeScope();
            A = randn([batch, dim]).requires_grad_().DetachFromDisposeScope();
            B = randn([batch, dim]).requires_grad_().DetachFromDisposeScope();
            Queue = F.normalize(randn([keys, dim])).DetachFromDisposeScope();
            Images = arange(batch, dtype: int64).DetachFromDisposeScope();
            Draws = MoCHiDraws.Sample(new(Step: 0, TotalSteps: 1, Epoch: 0, generator), batch, 1024, 1024, 128, CPU);
            Array.ForEach([Draws.PickI, Draws.PickJ, Draws.Alpha, Draws.PickQuery, Draws.Beta], draws => draws.DetachFromDisposeScope());
        }

        public Tensor A { get; }

        public Tensor B { get; }

        public Tensor Queue { get; }

        public Tensor Images { get; }

        public MoCHiDraws Draws { get; }

        public void Dispose() => Array.ForEach(
            [A, B, Queue, Images, Draws.PickI, Draws.PickJ, Draws.Alpha, Draws.PickQuery, Draws.Beta], tensor => tensor.Dispose());
    }
}
