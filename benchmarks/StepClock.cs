using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Parallax.Benchmarks.Gate;

namespace Parallax.Benchmarks;

/// <summary>Times steps in a process of its own, for comparisons in turn: <c>step ours-fp32|ours-bf16|plain|plain-bf16 [--what
/// moco-v2|simclr|byol|swav|dino|block-TOKENS|encoder-PATCHES] [--steps N] [--warmup N] [--batch N] [--memory N]</c> prints one line of JSON,
/// and with <c>--memory</c> every N steps what is resident.</summary>
/// <remarks>
/// <c>plain</c> is TorchSharp alone. It is to run with <c>PARALLAX_ALLOCATOR=system</c>: keeping memory in the process is one of the things that Parallax adds.
/// Wall time is the median of the steps; processor time (user and system, all threads) is that of all timed steps together, per step; memory is the peak of the
/// process.
/// </remarks>
internal static class StepClock
{
    private const int BatchSize = 256, SmallBatch = 64, TransformerBatch = 16, EncoderBatch = 8, Side = 32;
    private const string Block = "block-", Encoder = "encoder-", MoCo = "moco-v2";
    private static readonly string[] Methods = [MoCo, "simclr", "byol", "swav", "dino"];

    public static int Run(string[] args)
    {
        if (FaultOf(args.FirstOrDefault(), Text(args, "--what", MoCo)) is { } fault)
        {
            Console.Error.WriteLine(fault);

            return Verdicts.BadInput;
        }

        var (steps, warmup) = (Number(args, "--steps", 5), Number(args, "--warmup", 2));
        torch.manual_seed(0);
        var what = Text(args, "--what", MoCo);
        using var step = Make(args[0], what, Number(args, "--batch", what switch
        {
            MoCo => BatchSize,
            "dino" => TransformerBatch,
            _ when CountOf(what, Encoder) is not null => EncoderBatch,
            _ => SmallBatch,
        }));
        for (var i = 0; i < warmup; i++)
        {
            step.Step();
        }

        var walls = new List<double>();
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var every = Number(args, "--memory", int.MaxValue);
        for (var i = 1; i <= steps; i++)
        {
            var watch = Stopwatch.StartNew();
            step.Step();
            walls.Add(watch.Elapsed.TotalMilliseconds);
            if (i % every == 0)
            {
                Console.Error.WriteLine($"step {i}: {Environment.WorkingSet >> 20} MiB resident, {torch.Tensor.TotalCount} tensors");
            }
        }

        using var process = Process.GetCurrentProcess();
        var processor = (process.TotalProcessorTime - before).TotalMilliseconds / steps;
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            median_ms = Bootstrap.Median([.. walls]), min_ms = walls.Min(), processor_ms = processor, peak_mb = process.PeakWorkingSet64 / 1048576.0,
                threads = torch.get_num_threads(),
        }));

        return 0;
    }

    /// <summary>What is wrong with a side and its work; null when nothing is.</summary>
    internal static string? FaultOf(string? side, string what)
    {
        var (isBlock, visible) = (CountOf(what, Block) is > 0, CountOf(what, Encoder));
        if (!isBlock && visible is null && !Methods.Contains(what))
        {
            return $"step: --what is '{what}'; expected one of {string.Join(", ", Methods)}, {Block}TOKENS such as {Block}197, or {Encoder}PATCHES such as "
                + $"{Encoder}49.";
        }

        if (visible is < 1 or > EncoderStep.Patches)
        {
            return $"step: --what is '{what}'; expected 1 to {EncoderStep.Patches} patches.";
        }

        string[] sides = ["ours-fp32", "ours-bf16", .. visible is null ? (string[])["plain"] : [], .. isBlock ? (string[])["plain-bf16"] : []];

        return sides.Contains(side) ? null : $"step: the side is '{side}'; of {what} there are {string.Join(", ", sides)}.";
    }

    private static int? CountOf(string what, string name) => what.StartsWith(name, StringComparison.Ordinal)
        && int.TryParse(what.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    private static IStep Make(string side, string what, int batch)
    {
        var (isPlain, bf16) = (side.StartsWith("plain", StringComparison.Ordinal), side.EndsWith("bf16", StringComparison.Ordinal));

        return CountOf(what, Block) is { } tokens ? new BlockStep(isPlain, bf16, tokens)
            : CountOf(what, Encoder) is { } visible ? new EncoderStep(bf16, visible, batch)
            : isPlain ? Plain(what, batch)
            : what == MoCo ? new MoCoStep(bf16 ? "bf16" : "fp32", channelsLast: true, batch, Side)
            : Ours(what, bf16 ? "bf16" : "fp32", batch);
    }

    private static IStep Plain(string what, int batch) => what switch
    {
        MoCo => new PlainMoCoV2(batch, Side),
        "simclr" => new PlainSimCLR(batch, Side),
        "byol" => new PlainBYOL(batch, Side),
        "swav" => new PlainSwAV(batch, Side),
        "dino" => new PlainDINO(batch, Side),
        _ => throw new ArgumentException($"There is no plain step of '{what}'."),
    };

    private static TrainerStep Ours(string what, string precision, int batch)
    {
        var settings = what switch
        {
            "byol" => ", hiddenDim: 1024",
            "swav" => ", queueSize: 0, freezePrototypesSteps: 0",
            _ => "",
        };
        var parts = what == "dino"
            ? """
              method: {name: dino}
              backbone: {name: vit, size: small, patchSize: 4}
              optimizer: {name: adamw, baseLearningRate: 0.0005, weightDecay: 0.04}
              """
            : $$"""
              method: {name: {{what}}{{settings}}}
              backbone: {name: resnet18, stem: cifar}
              optimizer: {name: sgd, baseLearningRate: 0.03}
              """;

        return new(
            $$"""
            data: {name: shapes, count: 1024, testCount: 32, size: {{Side}}}
            {{parts}}
            trainer: {batchSize: {{batch}}, threads: {{torch.get_num_threads()}}, workers: 1, device: cpu, precision: {{precision}}}
            """, batch, Side, Side);
    }

    private static int Number(string[] args, string name, int otherwise) =>
        int.Parse(Text(args, name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

    private static string Text(string[] args, string name, string otherwise) => Array.IndexOf(args, name) is var at and >= 0 ? args[at + 1] : otherwise;
}

/// <summary>A training step that can be timed.</summary>
internal interface IStep : IDisposable
{
    /// <summary>Runs one; the loss.</summary>
    double Step();
}
