using Parallax.Host.Data;
using Parallax.Host.Experiments;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>Averages over several steps of two micro-batches, against the recurrence written out.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class MomentumScheduleTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Theory]
    [InlineData(MomentumUpdate.BeforeForward)]
    [InlineData(MomentumUpdate.AfterOptimizerStep)]
    public void Run_RisingMomentum_AveragesOncePerStepAtItsMoment(MomentumUpdate when)
    {
        var method = new LineMethod { Momentum = new(0.2, 0.9), When = when };
        using var session = _bench.Session(method, "trainer.accumulation=2", "schedule.name=cosine", "trainer.logEverySteps=3");

        new Trainer(session, TrainerCallbacks.None, TimeProvider.System).Run(CancellationToken.None);

        var (weight, target) = (1.0, 1.0);   // the average starts as a copy
        for (var step = 0; step < 8; step++)
        {
            var half = (1 + Math.Cos(Math.PI * step / 8)) / 2;
            var momentum = 0.9 - (0.7 * half);
            target = when == MomentumUpdate.BeforeForward ? (momentum * target) + ((1 - momentum) * weight) : target;
            List<MicroBatch> parts = [.. method.Seen.Where(micro => micro.Step == step)];
            Assert.Equal(2, parts.Count);
            Assert.All(parts, micro => Assert.Equal(weight, micro.Weight, Tolerance));
            Assert.All(parts, micro => Assert.Equal(target, micro.Target, Tolerance));
            weight -= 0.1 * half * parts.SelectMany(micro => micro.Indices).Average();
            target = when == MomentumUpdate.AfterOptimizerStep ? (momentum * target) + ((1 - momentum) * weight) : target;
        }

        Assert.Equal(weight, method.Weight, Tolerance);
        Assert.Equal(target, method.Target, Tolerance);
    }

    [Theory]
    [InlineData(MomentumUpdate.BeforeForward)]
    [InlineData(MomentumUpdate.AfterOptimizerStep)]
    public void Run_GoneOnWithInTheMiddle_FollowsTheSameSchedule(MomentumUpdate when)
    {
        string[] overrides = ["trainer.accumulation=2", "schedule.name=cosine", "trainer.logEverySteps=1"];
        var (whole, part, rest) = (Rising(when), Rising(when), Rising(when));
        using var uninterrupted = _bench.Session(whole, overrides);
        using var first = _bench.Session(part, overrides);
        using var second = _bench.Session(rest, overrides);

        new Trainer(uninterrupted, TrainerCallbacks.None, TimeProvider.System).Run(CancellationToken.None);
        using (var stop = new CancellationTokenSource())
        {
            new Trainer(first, TrainerCallbacks.None with { OnStep = report => CancelAt(report.Step, 5, stop) }, TimeProvider.System).Run(stop.Token);
        }

        using (var checkpoint = TrainingBench.Checkpoint(first))
        {
            second.Restore(checkpoint);
        }

        new Trainer(second, TrainerCallbacks.None, TimeProvider.System).Run(CancellationToken.None);

        Assert.Equal(10, part.Seen.Count);   // five steps of two
        Assert.Equal(whole.Seen.Select(Comparable), part.Seen.Concat(rest.Seen).Select(Comparable));
        Assert.Equal((whole.Weight, whole.Target), (rest.Weight, rest.Target));
    }

    [Fact]
    public void Run_ConstantMomentumOfOneAndZero_KeepsOrCopies()
    {
        var (kept, copied) = (new LineMethod { Momentum = new(1, 1) }, new LineMethod { Momentum = new(0, 0), When = MomentumUpdate.AfterOptimizerStep });
        using var one = _bench.Session(kept, "trainer.maxSteps=3");
        using var other = _bench.Session(copied, "trainer.maxSteps=3");

        new Trainer(one, TrainerCallbacks.None, TimeProvider.System).Run(CancellationToken.None);
        new Trainer(other, TrainerCallbacks.None, TimeProvider.System).Run(CancellationToken.None);

        Assert.Equal(1, kept.Target);
        Assert.Equal(copied.Weight, copied.Target);
        Assert.NotEqual(1, copied.Weight);
    }

    [Fact]
    public void Pairs_Buffers_AreCopiedAtTheStartAndStayEachSidesOwn()
    {
        var method = new NormMethod();
        var pairs = new MomentumPairs(method);
        method.Online.running_mean!.fill_(3);

        pairs.Initialise();
        var copied = method.Target.running_mean!.mean().item<float>();
        method.Online.running_mean!.fill_(7);
        pairs.Update(MomentumUpdate.BeforeForward, step: 0, totalSteps: 8);

        Assert.Equal(3, copied);
        Assert.Equal(3, method.Target.running_mean!.mean().item<float>());
        Assert.Equal([true, true], method.Online.parameters().Select(parameter => parameter.requires_grad));
        Assert.Equal([false, false], method.Target.parameters().Select(parameter => parameter.requires_grad));
    }

    private static LineMethod Rising(MomentumUpdate when) => new() { Momentum = new(0.2, 0.9), When = when };

    private static (long, int, string, double, double, double, double) Comparable(MicroBatch micro) =>
        (micro.Step, micro.Epoch, string.Join(",", micro.Indices), micro.Weight, micro.Target, micro.OwnDraw, micro.GlobalDraw);

    private static void CancelAt(long step, long last, CancellationTokenSource stop)
    {
        if (step == last)
        {
            stop.Cancel();
        }
    }

    private sealed class NormMethod : Module, IMethod, IMomentumPairs
    {
        private readonly BatchNorm1d online = BatchNorm1d(2), target = BatchNorm1d(2);

        public NormMethod()
            : base(nameof(NormMethod)) => RegisterComponents();

        public BatchNorm1d Online => online;

        public BatchNorm1d Target => target;

        public IBackbone Backbone => throw new NotSupportedException();

        public ViewPlan Views => throw new NotSupportedException();

        public IReadOnlyList<MomentumPair> MomentumPairs => [new(online, target, MomentumSchedule.Constant(0.5), MomentumUpdate.BeforeForward)];

        public StepOutput Step(Batch batch, StepContext context) => throw new NotSupportedException();
    }
}
