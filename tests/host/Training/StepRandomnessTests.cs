using Parallax.Host.Data;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>What a step is given: images, place and random numbers.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class StepRandomnessTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void Run_EveryMicroBatchOfEveryStep_HasNumbersOfItsOwn()
    {
        var seen = Run();

        Assert.Equal(16, seen.Count);
        Assert.Equal(16, seen.Select(micro => micro.OwnDraw).Distinct().Count());
        Assert.Equal(16, seen.Select(micro => micro.GlobalDraw).Distinct().Count());
        Assert.Equal(32, seen.SelectMany(micro => new[] { micro.OwnDraw, micro.GlobalDraw }).Distinct().Count());
    }

    [Fact]
    public void Run_SameSeed_GivesTheSameNumbers_AnotherSeedNone()
    {
        var (first, again, other) = (Draws(Run()), Draws(Run()), Draws(Run("trainer.seed=8")));

        Assert.Equal(first, again);
        Assert.Empty(first.Intersect(other));
    }

    [Fact]
    public void Run_OtherNumberOfMicroBatches_KeepsTheNumbersOfTheFirst()
    {
        var (halves, whole) = (Run(), Run("trainer.accumulation=1"));

        Assert.Equal(whole.Select(micro => (micro.OwnDraw, micro.GlobalDraw)),
            halves.Where((_, i) => i % 2 == 0).Select(micro => (micro.OwnDraw, micro.GlobalDraw)));
    }

    [Fact]
    public void Run_Context_TellsStepEpochAndLength()
    {
        var seen = Run("trainer.maxSteps=7");

        Assert.Equal(Enumerable.Range(0, 14).Select(i => i / 2L), seen.Select(micro => micro.Step));
        Assert.Equal(Enumerable.Range(0, 14).Select(i => i / 8), seen.Select(micro => micro.Epoch));
        Assert.All(seen, micro => Assert.Equal(7, micro.TotalSteps));
    }

    [Fact]
    public void Run_Images_ComeInTheOrderOfTheEpochAndAllOfThem()
    {
        var seen = Run();

        Assert.All(seen, micro => Assert.Equal(2, micro.Indices.Length));   // a batch of 4 in two parts
        for (var epoch = 0; epoch < 2; epoch++)
        {
            Assert.Equal(EpochOrder.Shuffled(TrainingBench.Images, seed: 7, epoch),
                seen.Where(micro => micro.Epoch == epoch).SelectMany(micro => micro.Indices));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]   // the next step begins an epoch
    public void BeforeEpoch_MethodWithAPhase_RunsOncePerEpochFrozenAndReproducible(long copiedAt)
    {
        var (whole, resumed) = (new PhaseMethod(), new PhaseMethod());
        using var session = _bench.Session(whole);
        using var second = _bench.Session(resumed);
        new Trainer(session, TrainerCallbacks.None with { OnStep = report => CopyAt(report.Step, session, second) }, TimeProvider.System)
            .Run(CancellationToken.None);

        new Trainer(second, TrainerCallbacks.None, TimeProvider.System).Run(CancellationToken.None);

        Assert.Equal([0, 1], whole.Phases.Select(phase => phase.Epoch));
        Assert.All(whole.Phases, phase => Assert.Equal((false, false), (phase.IsTraining, phase.HasGradients)));
        // index order, no augmentation
        Assert.All(whole.Phases, phase => Assert.Equal(Enumerable.Range(0, TrainingBench.Images).Select(i => ((i / 16f) - 0.5f) / 0.25f), phase.Features,
            (a, b) => Math.Abs(a - b) < 1e-5));
        Assert.NotEqual(whole.Phases[0].Draw, whole.Phases[1].Draw);
        Assert.Equal(whole.Phases[1].Draw, Assert.Single(resumed.Phases).Draw);   // gone on with in epoch 0, whose phase was over
        Assert.All(whole.StepsInTraining, Assert.True);
        Assert.Equal(8, whole.StepsInTraining.Count);

        void CopyAt(long step, TrainingSession from, TrainingSession to)
        {
            if (step == copiedAt)
            {
                using var checkpoint = TrainingBench.Checkpoint(from);
                to.Restore(checkpoint);
            }
        }
    }

    private List<MicroBatch> Run(params string[] overrides)
    {
        var method = new LineMethod();
        using var session = _bench.Session(method, ["trainer.accumulation=2", .. overrides]);
        new Trainer(session, TrainerCallbacks.None, TimeProvider.System).Run(CancellationToken.None);

        return method.Seen;
    }

    private static IEnumerable<double> Draws(List<MicroBatch> seen) => seen.SelectMany(micro => new[] { micro.OwnDraw, micro.GlobalDraw });

    private sealed record Phase(int Epoch, bool IsTraining, bool HasGradients, double Draw, float[] Features);

    private sealed class PhaseMethod : Module, IMethod, IEpochPhase
    {
        private readonly LineBackbone backbone = new(1);

        public PhaseMethod()
            : base(nameof(PhaseMethod)) => RegisterComponents();

        public List<Phase> Phases { get; } = [];

        public List<bool> StepsInTraining { get; } = [];

        public IBackbone Backbone => backbone;

        public ViewPlan Views => ViewPlan.Same(1, new([]));

        public void BeforeEpoch(EpochContext context)
        {
            using var features = context.Features.Extract(images => images.flatten(1).mean([1], keepdim: true));
            Phases.Add(new(context.Epoch, backbone.training || training, torch.is_grad_enabled(), torch.rand([1], dtype: float64).item<double>(),
                [.. features.data<float>()]));
        }

        public StepOutput Step(Batch batch, StepContext context)
        {
            StepsInTraining.Add(training && backbone.training);

            return new(backbone.Weight * 1);
        }
    }
}
