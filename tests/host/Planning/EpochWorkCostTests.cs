using Microsoft.Extensions.Time.Testing;
using Parallax.Host.Planning;
using Parallax.Host.Tests.Training;

namespace Parallax.Host.Tests.Planning;

[Collection(GeneratorCollection.Name)]
public sealed class EpochWorkCostTests : IDisposable
{
    private readonly TrainingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(0, 1, 10 + (4 * 3))]    // epochs 0 to 4: dear the first time, then four times the same
    [InlineData(0, 100, 10)]            // before epoch 0 alone
    [InlineData(1, 2, 10 + 3)]          // epochs 1 and 3
    [InlineData(2, 1, 10 + (2 * 3))]    // epochs 2 to 4
    [InlineData(9, 1, 0)]               // later than the run
    public void Measure_WorkBeforeSomeEpochs_CountsEachTimeItIsDue(int first, int every, double expected)
    {
        var time = new FakeTimeProvider();
        using var session = _bench.Session(new WorkingMethod(time) { Due = epoch => epoch >= first && (epoch - first) % every == 0 }, "trainer.epochs=5");

        var seconds = new EpochWorkCost(time).Measure(session, stepSeconds: 1, CancellationToken.None);

        Assert.Equal(expected, seconds, tolerance: 1e-9);
    }

    [Fact]
    public void Measure_MethodWithoutSuchWork_IsNothing()
    {
        using var session = _bench.Session(TrainingBench.Method());

        Assert.Equal(0, new EpochWorkCost(TimeProvider.System).Measure(session, stepSeconds: 1, CancellationToken.None));
    }

    /// <summary>Works 10 seconds the first time and 3 later; a step takes one.</summary>
    private sealed class WorkingMethod : Module, IMethod, IEpochPhase
    {
        private readonly LineBackbone backbone = new(1);
        private readonly FakeTimeProvider _time;
        private int _seconds = 10;

        public WorkingMethod(FakeTimeProvider time)
            : base(nameof(WorkingMethod))
        {
            _time = time;
            RegisterComponents();
        }

        public required Func<int, bool> Due { get; init; }

        public IBackbone Backbone => backbone;

        public ViewPlan Views => ViewPlan.Same(1, new([]));

        public bool IsDue(int epoch) => Due(epoch);

        public void BeforeEpoch(EpochContext context)
        {
            _time.Advance(TimeSpan.FromSeconds(_seconds));
            _seconds = 3;
        }

        public StepOutput Step(Batch batch, StepContext context)
        {
            _time.Advance(TimeSpan.FromSeconds(1));

            return new(backbone.call(batch.Views[0]).mean());   // []
        }
    }
}
