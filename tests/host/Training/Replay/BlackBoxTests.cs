using Parallax.Host.Data;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>What the observer of steps sees, and that it changes nothing.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class BlackBoxTests : IDisposable
{
    private readonly TrainingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Run_WithModulesWatched_ComputesTheSameBits()
    {
        var (plain, watched) = (TrainingBench.Method(), TrainingBench.Method());
        using var one = _bench.Session(plain);
        using var two = _bench.Session(watched);

        Run(one, null);
        using var steps = new Steps(two, watched);
        Run(two, steps);

        Assert.Equal(Checksums.OfParameters(plain), Checksums.OfParameters(watched));
        Assert.Equal(8, steps.Losses.Count);
        Assert.Equal([1, 1, 1, 1], steps.Batches.Take(4).GroupBy(batch => batch).Select(group => group.Count()));
        Assert.All(steps.Gradients, gradient => Assert.True(gradient > 0));
    }

    [Fact]
    public void OfParameters_OneBitMore_IsAnother()
    {
        var method = TrainingBench.Method();
        var before = Checksums.OfParameters(method);

        using (torch.no_grad())
        {
            method.Bias.add_(1e-3);
        }

        Assert.NotEqual(before, Checksums.OfParameters(method));
    }

    private static void Run(TrainingSession session, IStepObserver? steps) =>
        new Trainer(session, TrainerCallbacks.None with { Steps = steps }, TimeProvider.System).Run(CancellationToken.None);

    /// <summary>Watches the modules in every step.</summary>
    private sealed class Steps(TrainingSession session, TinyMethod method) : IStepObserver, IDisposable
    {
        private ModuleWatch? _watch;

        public List<string> Batches { get; } = [];

        public List<double> Losses { get; } = [];

        public List<double> Gradients { get; } = [];

        public void BeginStep() => _watch = new(method);

        public void OnBatch(HostBatch batch) => Batches.Add(Checksums.Of(batch));

        public void EndStep(double? loss)
        {
            Assert.Equal(Losses.Count + 1, session.Progress.Position.Step);
            Losses.Add(loss!.Value);
            Gradients.Add(ModuleRow.Of(_watch!.Calls).Single(row => row.Module == "backbone.layer").GradientNorm!.Value);
            _watch.Dispose();
            _watch = null;
        }

        public void Dispose() => _watch?.Dispose();
    }
}
