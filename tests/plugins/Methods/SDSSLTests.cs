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

    [Fact]
    public void MomentumPairs_AreTheNetAndTheLastProjector_AfterTheStep()
    {
        foreach (var pairs in new[] { Create(_small).MomentumPairs, OnBYOL().MomentumPairs })
        {
            Assert.Equal(2, pairs.Count);
            Assert.All(pairs, pair => Assert.Equal(MomentumUpdate.AfterOptimizerStep, pair.When));
            Assert.All(pairs, pair => Assert.Equal((0.996, 1.0), (pair.Momentum.At(0, 100), pair.Momentum.At(100, 100))));
            Assert.Equal([10, 64], pairs[1].Target.state_dict()["0.weight"].shape);
        }
    }

    [Fact]
    public void Constructor_IntermediateProjectors_AreHalfAsWide_AndBYOLHasNoLastNorm()
    {
        var moco = Create(_small).state_dict();
        var byol = OnBYOL().state_dict();

        Assert.Equal([5, 16], moco["projectors.0.0.weight"].shape);
        Assert.Equal([10, 64], moco["projectors.2.0.weight"].shape);
        Assert.Contains("projectors.1.7.running_mean", moco.Keys);
        Assert.DoesNotContain("projectors.1.7.running_mean", byol.Keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Step_First_GivesIntermediateProjectorsNoGradient(bool withTeacher)
    {
        IMethod method = withTeacher ? Create(_small) : new SDSSLSimCLR(Net(), new() { HiddenDim = 10, ProjectionDim = 6 }, TestRuns.Of());

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        var state = ((Module)method).named_parameters().ToDictionary(p => p.name, p => p.parameter);
        Assert.Equal(0, state["projectors.0.0.weight"].grad!.abs().max().item<float>());
        Assert.True(state["projectors.2.0.weight"].grad!.abs().max().item<float>() > 0);
        Assert.True(
            !withTeacher || state["predictors.0.0.weight"].grad!.abs().max().item<float>() > 0, "the detached term trains all predictors from the start");
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
    public void Step_OnBYOL_AsksOtherProcessesForNothing()
    {
        var output = OnBYOL().Step(TestRuns.Batch(), TestRuns.Step() with { Processes = new NothingShared() });

        Assert.True(float.IsFinite(output.Loss.item<float>()));
    }

    private static SDSSL Create(SDSSLOptions options) => new(Net, options, TestRuns.Of());

    private static SDSSLBYOL OnBYOL() => new(Net, new() { HiddenDim = 10, ProjectionDim = 6 }, TestRuns.Of());

    private static ResNet20 Net() => new(new(), TestRuns.Of());

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
