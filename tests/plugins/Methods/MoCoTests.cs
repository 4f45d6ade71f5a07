using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class MoCoTests
{
    private static readonly MoCoV2Options _small = new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10 };

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
    public void Constructor_SymmetricQueueFitsOneBatchOnly_IsRefused() =>
        Assert.Throws<ConfigurationException>(() => Create(_small with { QueueSize = 12, Symmetric = true }));

    private static MoCoV2 Create(MoCoV2Options options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
