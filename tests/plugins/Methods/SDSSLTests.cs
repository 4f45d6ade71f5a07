using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SDSSLTests
{
    private const int Layers = 3;   // stages of a ResNet-20

    private static readonly SDSSLOptions _small = new() { HiddenDim = 10, ProjectionDim = 6 };

    [Fact]
    public void Constructor_BackboneWithoutLayers_SaysWhatToTake()
    {
        var fault = Assert.Throws<ConfigurationException>(() => new SDSSL(() => new PixelBackbone(), _small, TestRuns.Of()));

        Assert.Contains("ILayeredBackbone", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SDSSLBase.BYOL)]
    [InlineData(SDSSLBase.MocoV3)]
    public void MomentumPairs_AreTheNetAndTheLastProjector_AfterTheStep(SDSSLBase which)
    {
        var method = Create(_small with { Base = which });

        Assert.Equal(2, method.MomentumPairs.Count);
        Assert.All(method.MomentumPairs, pair => Assert.Equal(MomentumUpdate.AfterOptimizerStep, pair.When));
        Assert.All(method.MomentumPairs, pair => Assert.Equal((0.996, 1.0), (pair.Momentum.At(0, 100), pair.Momentum.At(100, 100))));
        Assert.Equal([10, 64], method.MomentumPairs[1].Target.state_dict()["0.weight"].shape);
    }

    [Fact]
    public void Constructor_SimCLR_HasNeitherTeacherNorPredictors()
    {
        var method = Create(_small with { Base = SDSSLBase.Simclr });

        Assert.Empty(method.MomentumPairs);
        Assert.DoesNotContain(method.state_dict().Keys, key => key.StartsWith("teacher", StringComparison.Ordinal) || key.StartsWith("predictors", StringComparison.Ordinal));
    }

    [Fact]
    public void Constructor_IntermediateProjectors_AreHalfAsWide_AndBYOLHasNoLastNorm()
    {
        var moco = Create(_small).state_dict();
        var byol = Create(_small with { Base = SDSSLBase.BYOL }).state_dict();

        Assert.Equal([5, 16], moco["projectors.0.0.weight"].shape);
        Assert.Equal([10, 64], moco["projectors.2.0.weight"].shape);
        Assert.Contains("projectors.1.7.running_mean", moco.Keys);
        Assert.DoesNotContain("projectors.1.7.running_mean", byol.Keys);
    }

    [Theory]
    [InlineData(SDSSLBase.Simclr)]
    [InlineData(SDSSLBase.MocoV3)]
    public void Step_First_GivesIntermediateProjectorsNoGradient(SDSSLBase which)
    {
        var method = Create(_small with { Base = which });

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        var state = method.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.Equal(0, state["projectors.0.0.weight"].grad!.abs().max().item<float>());
        Assert.True(state["projectors.2.0.weight"].grad!.abs().max().item<float>() > 0);
        Assert.True(which == SDSSLBase.Simclr || state["predictors.0.0.weight"].grad!.abs().max().item<float>() > 0, "the detached term trains all predictors from the start");
    }

    [Fact]
    public void Regression_OppositeRows_IsFour_AndLayersShareTargets()
    {
        var targets = Tensors.Matrix([1, 0], [0, 2]);
        var p = Tensors.Matrix([3, 0], [0, 1], [-1, 0], [0, -1]);   // the first layer agrees, the second is opposite

        Assert.Equal(2, SelfDistillationLoss.Regression(p, targets).item<float>(), tolerance: 1e-6);   // mean of 0, 0, 4, 4
    }

    [Fact]
    public void Contrast_LeavesTheOwnLastProjectionOut()
    {
        var z = Tensors.Matrix([1, 0], [0, 1]);

        var loss = SelfDistillationLoss.Contrast(z, same: z, other: z, arange(2, dtype: int64), temperature: 1).item<float>();

        Assert.Equal(-Math.Log(Math.E / (Math.E + 1 + 1)), loss, tolerance: 1e-5);   // the other view of itself, and both views of the other image
    }

    [Fact]
    public void Contrast_RowsThatAreNoMultipleOfTheBatch_AreRefused()
    {
        var last = Tensors.UnitRows(1, 2, 4);

        Assert.Throws<ArgumentException>(() => SelfDistillationLoss.Contrast(Tensors.UnitRows(2, 3, 4), last, last, arange(2, dtype: int64), temperature: 1));
    }

    [Fact]
    public void Step_BYOL_AsksOtherProcessesForNothing()
    {
        var method = Create(_small with { Base = SDSSLBase.BYOL });

        var output = method.Step(TestRuns.Batch(), TestRuns.Step() with { Processes = new NothingShared() });

        Assert.Equal(ProcessExchange.Nothing, method.Exchange);
        Assert.True(float.IsFinite(output.Loss.item<float>()));
    }

    private static SDSSL Create(SDSSLOptions options) => new(() => new ResNet20(new(), TestRuns.Of()), options, TestRuns.Of());

    /// <summary>The second of two processes, which must not be asked.</summary>
    private sealed class NothingShared : IProcesses
    {
        public int Rank => 1;

        public int Count => 2;

        public Tensor Gather(Tensor rows) => throw new InvalidOperationException("Nothing is gathered.");

        public Tensor Mean(Tensor value) => throw new InvalidOperationException("Nothing is averaged.");

        public Tensor Own(Tensor rows) => throw new InvalidOperationException("Nothing is gathered.");
    }
}
