using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class MoCoV2PlusTests
{
    private static readonly MoCoV2PlusOptions _small = new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10 };

    [Fact]
    public void MomentumPairs_LeaveThePredictorOut_AndRiseToOneAfterTheStep()
    {
        var method = Create(_small);

        Assert.Equal(2, method.MomentumPairs.Count);
        Assert.All(method.MomentumPairs, pair => Assert.Equal((MomentumUpdate.AfterOptimizerStep, 0.99, 1.0), (pair.When, pair.Momentum.At(0, 100), pair.Momentum.At(100, 100))));
        Assert.Contains(method.named_parameters(), parameter => parameter.name.StartsWith("predictor.", StringComparison.Ordinal));
    }

    [Fact]
    public void SymmetricNetwork_HasNoPredictor_AndBothHalvesOnBothSides()
    {
        var method = Create(_small with { SymmetricNetwork = true });
        var names = method.named_parameters().Select(parameter => parameter.name).ToList();

        Assert.DoesNotContain(names, name => name.StartsWith("predictor.", StringComparison.Ordinal));
        Assert.Equal(2, names.Count(name => name.StartsWith("keyProjector.", StringComparison.Ordinal) && method.state_dict()[name].shape.SequenceEqual([6L, 10])));   // two last layers
        Assert.Equal(method.MomentumPairs[1].Online.parameters().Count(), method.MomentumPairs[1].Target.parameters().Count());
        Assert.Equal(10, method.MomentumPairs[1].Target.parameters().Count());   // two halves: weight and bias, scale and shift, weight without bias
    }

    [Fact]
    public void Step_Loss_AddsBothDirectionsAgainstOneQueue()
    {
        var method = Create(_small with { SymmetricNetwork = true });
        Follow(method);   // equal weights on both sides: keys are the queries of the other view
        var batch = TestRuns.Batch();
        var swapped = batch with { Views = [batch.Views[1], batch.Views[0]] };
        var queue = method.state_dict()["queue.queue"];

        var output = method.Step(batch, TestRuns.Step());

        var (qa, qb) = (output.Embedding!, method.Step(swapped, TestRuns.Step()).Embedding!);
        var expected = InfoNceLoss.Compute(qa, qb, queue, _small.Temperature) + InfoNceLoss.Compute(qb, qa, queue, _small.Temperature);
        Assert.Equal(expected.item<float>(), output.Loss.item<float>(), tolerance: 1e-4);
    }

    [Fact]
    public void Step_KeysOfOneView_AreHandedOver_BothViewsOverTime()
    {
        var method = Create(_small with { SymmetricNetwork = true });
        Follow(method);
        var batch = TestRuns.Batch();
        var seen = new HashSet<bool>();

        for (ulong seed = 0; seed < 16; seed++)
        {
            var output = method.Step(batch, TestRuns.Step(seed: seed));
            var rows = Assert.Single(output.Remember).Rows;
            Assert.Equal(TestRuns.BatchSize, rows.shape[0]);
            Assert.False(rows.requires_grad);
            seen.Add(allclose(rows, Rows.Unit(output.Embedding!.detach()), rtol: 1e-4, atol: 1e-5));
        }

        Assert.Equal(2, seen.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_Backward_ReachesQueriesOnly(bool symmetricNetwork)
    {
        var method = Create(_small with { SymmetricNetwork = symmetricNetwork });

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        var targets = method.MomentumPairs.SelectMany(pair => pair.Target.parameters()).ToHashSet(ReferenceEqualityComparer.Instance);
        Assert.All(targets.Cast<Tensor>(), parameter => Assert.Null(parameter.grad));
        Assert.All(method.parameters().Where(parameter => !targets.Contains(parameter)), parameter => Assert.NotNull(parameter.grad));
    }

    private static MoCoV2Plus Create(MoCoV2PlusOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());

    private static void Follow(MoCoV2Plus method)
    {
        foreach (var pair in method.MomentumPairs)
        {
            pair.Target.load_state_dict(pair.Online.state_dict());
        }
    }
}
