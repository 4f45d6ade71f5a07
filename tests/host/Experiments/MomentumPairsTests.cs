using Parallax.Host.Experiments;
using Parallax.Host.Training;
using Parallax.Host.Tests.Training;

namespace Parallax.Host.Tests.Experiments;

[Collection(GeneratorCollection.Name)]
public sealed class MomentumPairsTests : IDisposable
{
    private readonly TrainingBench _bench = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void Initialise_Always_CopiesTheOnlineWeightsAndFreezesTheTarget()
    {
        var method = TrainingBench.Method();
        Assert.False(method.FollowerWeight.allclose(method.Weight));

        new MomentumPairs(method).Initialise();

        Assert.True(method.FollowerWeight.allclose(method.Weight, rtol: 0, atol: 0));
        Assert.False(method.FollowerWeight.requires_grad);
        Assert.True(method.Weight.requires_grad);
    }

    [Fact]
    public void Update_AtItsMoment_AveragesParameters()
    {
        var method = TrainingBench.Method(() => new() { Momentum = 0.75, When = MomentumUpdate.AfterOptimizerStep });
        var pairs = new MomentumPairs(method);
        pairs.Initialise();
        Fill(method.Weight, 8);
        Fill(method.FollowerWeight, 4);

        pairs.Update(MomentumUpdate.BeforeForward, step: 0, totalSteps: 10);
        var atTheOtherMoment = method.FollowerWeight[0, 0].item<float>();
        pairs.Update(MomentumUpdate.AfterOptimizerStep, step: 0, totalSteps: 10);

        Assert.Equal(4, atTheOtherMoment);
        Assert.Equal(5, method.FollowerWeight[0, 0].item<float>());   // by hand: 0.75 * 4 + 0.25 * 8
    }

    [Fact]
    public void Constructor_DifferentStructures_NamesWhatOneSideLacks()
    {
        var method = new UnevenMethod();

        var fault = Assert.Throws<ArgumentException>(() => new MomentumPairs(method));

        Assert.Contains("A momentum pair of UnevenMethod joins modules of different structure: bias ... is on one side only.", fault.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TwoMicroBatchesPerStep_AveragesOncePerOptimizerStep()
    {
        var method = TrainingBench.Method(() => new() { Momentum = 0.5, When = MomentumUpdate.AfterOptimizerStep });
        using var session = _bench.Session(method, "trainer.accumulation=2", "trainer.maxSteps=1");
        var before = method.Weight.clone();

        new Trainer(session, Silent, TimeProvider.System).Run(CancellationToken.None);

        Assert.False(method.Weight.allclose(before));
        Assert.True(method.FollowerWeight.allclose((before + method.Weight) / 2));   // a second average would be nearer to the online weights
    }

    [Fact]
    public void Run_BeforeForward_AveragesTheWeightsOfTheStepBefore()
    {
        var method = TrainingBench.Method(() => new() { Momentum = 0.5, When = MomentumUpdate.BeforeForward });
        using var session = _bench.Session(method, "trainer.maxSteps=2");
        var start = method.Weight.clone();
        Tensor? afterOne = null;
        var callbacks = Silent with { OnStep = _ => afterOne ??= method.Weight.clone().DetachFromDisposeScope() };

        new Trainer(session, callbacks, TimeProvider.System).Run(CancellationToken.None);

        Assert.True(method.FollowerWeight.allclose((start + afterOne!) / 2));
    }

    private static TrainerCallbacks Silent { get; } = new(_ => { }, _ => { }, _ => { });

    private static void Fill(Tensor tensor, float value)
    {
        using var noGrad = torch.no_grad();
        tensor.fill_(value);
    }

    /// <summary>Only one side has a bias.</summary>
    private sealed class UnevenMethod : Module, IMethod, IMomentumPairs
    {
        private readonly Module<Tensor, Tensor> online = Linear(2, 2), target = Linear(2, 2, hasBias: false);

        public UnevenMethod()
            : base(nameof(UnevenMethod)) => RegisterComponents();

        public IBackbone Backbone => throw new NotSupportedException();

        public ViewPlan Views => throw new NotSupportedException();

        public IReadOnlyList<MomentumPair> MomentumPairs => [new(online, target, MomentumSchedule.Constant(0.9), MomentumUpdate.BeforeForward)];

        public StepOutput Step(Batch batch, StepContext context) => throw new NotSupportedException();
    }
}
