using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class NNCLRTests
{
    private static readonly NNCLROptions _small = new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10, PredictorDim = 8 };

    [Fact]
    public void Step_HandsOverTheFirstViewOnly_AndLeavesTheQueueAlone()
    {
        var method = Create(_small);
        var before = Tensors.Values(method.state_dict()["queue.queue"]);

        var output = method.Step(TestRuns.Batch(), TestRuns.Step());

        var update = Assert.Single(output.Remember);
        Assert.Equal(before, Tensors.Values(method.state_dict()["queue.queue"]));
        Assert.False(update.Rows.requires_grad);
        Tensors.AssertClose(Rows.Unit(output.Embedding!), update.Rows);
    }

    [Fact]
    public void Constructor_QueueNoMultipleOfTheBatch_IsRefused() => Assert.Throws<ConfigurationException>(() => Create(_small with { QueueSize = 18 }));

    private static NNCLR Create(NNCLROptions options) => new(new PixelBackbone(), options, TestRuns.Of());
}
