using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SimCLRTests
{
    private static readonly SimCLROptions _small = new() { ProjectionDim = 6 };

    [Fact]
    public void Step_SwappedViews_IsSameLoss()
    {
        var method = new SimCLR(new PixelBackbone(), _small, TestRuns.Of());
        var batch = TestRuns.Batch();

        var swapped = method.Step(batch with { Views = [batch.Views[1], batch.Views[0]] }, TestRuns.Step());

        Assert.Equal(method.Step(batch, TestRuns.Step()).Loss.item<float>(), swapped.Loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_EqualViews_IsNtXentOfTheEmbedding()
    {
        var method = new SimCLR(new PixelBackbone(), _small, TestRuns.Of());
        var batch = TestRuns.Batch();

        var output = method.Step(batch with { Views = [batch.Views[0], batch.Views[0]] }, TestRuns.Step());

        Assert.Equal(NtXentLoss.Compute(output.Embedding!, output.Embedding!, _small.Temperature).item<float>(), output.Loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_Backward_ReachesEveryTrainableParameter()
    {
        var method = new SimCLR(new PixelBackbone(), _small, TestRuns.Of());

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        Assert.All(method.parameters().Where(parameter => parameter.requires_grad), parameter => Assert.NotNull(parameter.grad));
    }

    [Fact]
    public void Views_ImageNetSize_AreBlurred_SmallSizeNot()
    {
        var (small, large) = (TestRuns.Of(), TestRuns.Of() with { ImageSize = 224 });

        Assert.DoesNotContain(new SimCLR(new PixelBackbone(), _small, small).Views.Views[0].Steps, step => step.Name == "gaussian-blur");
        Assert.Contains(new SimCLR(new PixelBackbone(), _small, large).Views.Views[0].Steps, step => step.Name == "gaussian-blur");
    }
}
