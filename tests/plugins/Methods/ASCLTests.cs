using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class ASCLTests
{
    private static readonly ASCLOptions _small = new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10 };

    [Fact]
    public void Step_UniformNeighbours_IsMoCo()
    {
        var method = Create(_small with { TargetTemperature = 100 });   // so flat that the teacher is sure of nothing

        var output = method.Step(TestRuns.Batch(), TestRuns.Step());

        var expected = InfoNCELoss.Compute(output.Embedding!, output.Remember[0].Rows, method.state_dict()["queue.queue"], _small.Temperature);
        Assert.Equal(expected.item<float>(), output.Loss.item<float>(), tolerance: 1e-4);
    }

    [Fact]
    public void Step_SureTeacher_IsNotMoCo()
    {
        var method = Create(_small with { TargetTemperature = 0.01 });

        var output = method.Step(TestRuns.Batch(), TestRuns.Step());

        var expected = InfoNCELoss.Compute(output.Embedding!, output.Remember[0].Rows, method.state_dict()["queue.queue"], _small.Temperature);
        Assert.NotEqual(expected.item<float>(), output.Loss.item<float>(), tolerance: 1e-2);
    }

    [Fact]
    public void Step_IsTheMeanOfItsHalves()
    {
        var method = Create(_small);
        var batch = TestRuns.Batch();

        var whole = method.Step(batch, TestRuns.Step()).Loss.item<float>();

        Assert.Equal((Half(0) + Half(2)) / 2, whole, tolerance: 1e-5);
        float Half(int start) => method.Step(
            new([.. batch.Views.Select(view => view.narrow(0, start, 2))], batch.Indices.narrow(0, start, 2), null), TestRuns.Step()).Loss.item<float>();
    }

    [Fact]
    public void Step_OnBYOL_HasNoQueue_AndNeighboursAreOthersOfTheBatch()
    {
        var method = new ASCLBYOL(() => new PixelBackbone(), new() { ProjectionDim = 6, HiddenDim = 10 }, TestRuns.Of());

        var output = method.Step(TestRuns.Batch(), TestRuns.Step());

        Assert.Empty(output.Remember);
        Assert.InRange(output.Loss.item<float>(), 0, 4);
        Tensors.AssertClose(zeros([TestRuns.BatchSize]), output.Targets!.diagonal());
        Tensors.AssertClose(ones([TestRuns.BatchSize]), output.Targets.sum(1));
    }

    [Fact]
    public void Constructor_MoreNeighboursThanOtherImages_IsRefused() =>
        Assert.Throws<ConfigurationException>(() => new ASCLBYOL(() => new PixelBackbone(), new() { Neighbours = TestRuns.BatchSize }, TestRuns.Of()));

    private static ASCL Create(ASCLOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
