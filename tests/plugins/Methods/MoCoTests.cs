using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class MoCoTests
{
    private static readonly MoCoV2Options _small = new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10 };

    [Fact]
    public void MomentumPairs_CoverBackboneAndHead_BeforeTheForwardPass()
    {
        var method = Create(_small);

        Assert.Equal(2, method.MomentumPairs.Count);
        Assert.All(method.MomentumPairs, pair => Assert.Equal(MomentumUpdate.BeforeForward, pair.When));
        Assert.All(method.MomentumPairs, pair => Assert.Equal(_small.Momentum, pair.Momentum.At(step: 77, totalSteps: 100)));
        Assert.Equal(method.parameters().Count(), method.MomentumPairs.Sum(pair => pair.Online.parameters().Count() + pair.Target.parameters().Count()));
    }

    [Fact]
    public void Step_LeavesTheQueueAlone_AndHandsKeysOver()
    {
        var method = Create(_small);
        var before = Tensors.Values(method.state_dict()["queue.queue"]);

        var output = method.Step(TestRuns.Batch(), TestRuns.Step());

        var update = Assert.Single(output.Remember);
        Assert.Equal(before, Tensors.Values(method.state_dict()["queue.queue"]));
        Assert.False(update.Rows.requires_grad);
        Tensors.AssertClose(ones([TestRuns.BatchSize]), update.Rows.square().sum(1));
    }

    [Fact]
    public void Step_Backward_ReachesQueriesOnly()
    {
        var method = Create(_small);

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        Assert.All(method.MomentumPairs.SelectMany(pair => pair.Online.parameters()), parameter => Assert.NotNull(parameter.grad));
        Assert.All(method.MomentumPairs.SelectMany(pair => pair.Target.parameters()), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Step_Symmetric_AddsBothDirectionsAgainstOneQueue_AndEnqueuesBothKeys()
    {
        var method = Create(_small with { Symmetric = true });
        var oneWay = Create(_small);
        oneWay.load_state_dict(method.state_dict());
        var batch = TestRuns.Batch();
        var swapped = batch with { Views = [batch.Views[1], batch.Views[0]] };

        var both = method.Step(batch, TestRuns.Step());

        var expected = oneWay.Step(batch, TestRuns.Step()).Loss.item<float>() + oneWay.Step(swapped, TestRuns.Step()).Loss.item<float>();
        Assert.Equal(expected, both.Loss.item<float>(), tolerance: 1e-4);
        Assert.Equal(2, both.Remember.Count);   // two updates, so that several processes enqueue all first keys before the second ones
        Assert.Single(both.Remember.Select(update => update.Memory).Distinct());
        Tensors.AssertClose(oneWay.Step(swapped, TestRuns.Step()).Remember[0].Rows, both.Remember[0].Rows);
        Tensors.AssertClose(oneWay.Step(batch, TestRuns.Step()).Remember[0].Rows, both.Remember[1].Rows);
    }

    [Fact]
    public void Constructor_SymmetricQueueFitsOneBatchOnly_IsRefused() =>
        Assert.Throws<ConfigurationException>(() => Create(_small with { QueueSize = 12, Symmetric = true }));

    [Fact]
    public void Step_VersionOne_IsInfoNceOfItsProjections()
    {
        var method = new MoCoV1(() => new PixelBackbone(), new() { QueueSize = 16, ProjectionDim = 6 }, TestRuns.Of());

        var output = method.Step(TestRuns.Batch(), TestRuns.Step());

        var expected = InfoNceLoss.Compute(output.Embedding!, output.Remember[0].Rows, method.state_dict()["queue.queue"], temperature: 0.07);
        Assert.Equal(expected.item<float>(), output.Loss.item<float>(), tolerance: 1e-5);
    }

    private static MoCoV2 Create(MoCoV2Options options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
