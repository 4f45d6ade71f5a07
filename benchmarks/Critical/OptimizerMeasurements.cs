using Parallax.Benchmarks.Gate;

namespace Parallax.Benchmarks.Critical;

/// <summary>One step of each optimizer, and of a momentum encoder, over the weights of ResNet-18; the peer goes through them one by one.</summary>
internal static class OptimizerMeasurements
{
    private const double Momentum = 0.99;

    public static IReadOnlyList<Measurement> All { get; } =
    [
        new("optimizers/sgd", () => Step(optimizers => (optimizers.SgdOnePass, optimizers.SgdLoop))),
        new("optimizers/adamw", () => Step(optimizers => (optimizers.AdamWOnePass, optimizers.AdamWLoop))),
        new("optimizers/lars", () => Step(optimizers => (optimizers.LarsOnePass, optimizers.LarsLoop))),
        new("optimizers/lamb", () => Step(optimizers => (optimizers.LambOnePass, optimizers.AdamWLoop))),
        new("momentum/update", Average),
    ];

    private static Work Step(Func<Optimizers, (Action Step, Action Loop)> choose)
    {
        var optimizers = new Optimizers();
        optimizers.Setup();
        var (step, loop) = choose(optimizers);

        return new(step, loop);
    }

    private static Work Average()
    {
        List<Tensor> online = [.. Shapes().Select(shape => randn(shape))];
        List<Tensor> target = [.. Shapes().Select(shape => randn(shape))];
        var updater = new MomentumUpdater(target, online);

        return new(() => updater.Update(Momentum), () => AverageOneByOne(online, target), [.. online, .. target]);
    }

    /// <summary>Many small tensors and some large ones: 62, of 0.6 million numbers together.</summary>
    private static IEnumerable<long[]> Shapes() =>
        Enumerable.Range(0, 62).Select(i => i % 3 == 0 ? new long[] { 64 + (4 * i), 16, 3, 3 } : [64 + i]);

    private static void AverageOneByOne(List<Tensor> online, List<Tensor> target)
    {
        using var mode = no_grad();
        for (var i = 0; i < online.Count; i++)
        {
            using var scope = NewDisposeScope();
            target[i].mul_(Momentum).add_(online[i], alpha: 1 - Momentum);
        }
    }
}
