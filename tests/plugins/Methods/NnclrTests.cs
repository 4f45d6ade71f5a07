using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class NnclrTests
{
    private static readonly NnclrOptions _small = new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10, PredictorDim = 8 };

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
    public void Step_NeighboursAreRowsOfTheQueue_NotTheViewsThemselves()
    {
        var method = Create(_small);
        var queue = method.state_dict()["queue.queue"];
        using (no_grad())
        {
            queue.copy_(ones_like(queue) / Math.Sqrt(_small.ProjectionDim));   // one neighbour for all: no prediction can win by its own image
        }

        var output = method.Step(TestRuns.Batch(), TestRuns.Step());

        var direction = ones([TestRuns.BatchSize, _small.ProjectionDim]);
        Assert.Equal((Rows.Unit(output.Embedding!) * Rows.Unit(direction)).sum(1).mean().item<float>(), output.Diagnostics[0].Value.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_SwappedViews_IsSameLoss()
    {
        var method = Create(_small);
        var batch = TestRuns.Batch();

        var swapped = method.Step(batch with { Views = [batch.Views[1], batch.Views[0]] }, TestRuns.Step());

        Assert.Equal(method.Step(batch, TestRuns.Step()).Loss.item<float>(), swapped.Loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_OtherNegatives_IsAnotherLoss()
    {
        var (paper, wide) = (Create(_small), Create(_small with { Negatives = NnclrNegatives.PredictionsAndNeighbours }));
        wide.load_state_dict(paper.state_dict());

        var (expected, actual) = (paper.Step(TestRuns.Batch(), TestRuns.Step()).Loss, wide.Step(TestRuns.Batch(), TestRuns.Step()).Loss);

        Assert.True(actual.item<float>() > expected.item<float>());   // more candidates to lose against
    }

    [Fact]
    public void Constructor_QueueNoMultipleOfTheBatch_IsRefused() => Assert.Throws<ConfigurationException>(() => Create(_small with { QueueSize = 18 }));

    private static Nnclr Create(NnclrOptions options) => new(new PixelBackbone(), options, TestRuns.Of());
}
