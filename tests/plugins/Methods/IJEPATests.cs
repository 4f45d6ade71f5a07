using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Methods;

public sealed class IJEPATests
{
    private static readonly IJEPAOptions _small = new() { MinContextPatches = 2, PredictorDim = 8, PredictorDepth = 1, PredictorHeads = 2 };

    [Fact]
    public void MomentumPairs_RiseToOneAlongALine()
    {
        var method = Create(_small);
        var pair = Assert.Single(method.MomentumPairs);

        Assert.Equal([0.996, 0.997, 0.998, 1], new long[] { 0, 25, 50, 100 }.Select(step => Math.Round(pair.Momentum.At(step, 100), 9)));
        Assert.Equal(MomentumUpdate.AfterOptimizerStep, pair.When);
        Assert.Same(method.Backbone, pair.Online);
    }

    [Fact]
    public void Step_Blocks_ComeFromSampleAndStepNotFromTheGenerator()
    {
        var (method, batch) = (Create(_small), Networks.Batch(8));

        Assert.Equal(Loss(TestRuns.Step(seed: 5)), Loss(TestRuns.Step(seed: 6)));
        Assert.NotEqual(Loss(TestRuns.Step(epoch: 1)), Loss(TestRuns.Step(epoch: 2)));

        float Loss(StepContext context) => method.Step(batch, context).Loss.item<float>();
    }

    [Fact]
    public void Step_OfTwoProcesses_HasTheBlocksOfOne()
    {
        var (method, whole) = (Create(_small), Networks.Batch(8));
        var expected = method.Step(whole, TestRuns.Step()).Loss.item<float>();

        var parts = Enumerable.Range(0, 2).Select(rank => method.Step(
            new([whole.Views[0][(2 * rank)..(2 * (rank + 1))]], whole.Indices[(2 * rank)..(2 * (rank + 1))], null),
            TestRuns.Step() with { Processes = new Half(whole.Indices, rank) }).Loss.item<float>());

        Assert.Equal(expected, parts.Average(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_ViewOfAnotherSize_IsRefusedWithBoth()
    {
        var fault = Assert.Throws<ConfigurationException>(() => Create(_small).Step(Networks.Batch(6), TestRuns.Step()));

        Assert.Contains("a view of 3 x 3 patches; the predictor knows the places of 4 x 4", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_ContextThatCannotBeReached_IsToldWithWhatCan()
    {
        var fault = Assert.Single(Create(_small with { MinContextPatches = 9 }).Faults(TestRuns.Of()));

        Assert.StartsWith("method.minContextPatches is 9, but a context has at most 9 of 4 x 4 patches", fault, StringComparison.Ordinal);
        Assert.Empty(Create(_small with { MinContextPatches = 8 }).Faults(TestRuns.Of()));
    }

    [Theory]
    [InlineData(6, 2, 0.15, "method.predictorDim is 6")]
    [InlineData(8, 3, 0.15, "method.predictorDim is 8")]
    [InlineData(8, 2, 0.3, "method.minTargetScale is 0.3")]
    public void Validate_NumbersThatDoNotFit_AreTold(int width, int heads, double scale, string start)
    {
        IJEPAOptions options = new() { PredictorDim = width, PredictorHeads = heads, MinTargetScale = scale };

        var fault = Assert.Single(options.Validate(new ValidationContext(options)));

        Assert.StartsWith(start, fault.ErrorMessage, StringComparison.Ordinal);
    }

    private static IJEPA Create(IJEPAOptions options) => new(Transformers.Tiny, options, TestRuns.Of());

    /// <summary>One of two processes.</summary>
    private sealed class Half(Tensor indices, int rank) : IProcesses
    {
        public int Count => 2;

        public Tensor Gather(Tensor rows) => indices;

        public Tensor Mean(Tensor value) => throw new NotSupportedException();

        public Tensor Own(Tensor rows) => rows.chunk(2, 0)[rank];
    }
}
