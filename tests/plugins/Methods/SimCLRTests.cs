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

    [Theory]
    [InlineData(SimClrLoss.Dcl)]
    [InlineData(SimClrLoss.Dclw)]
    [InlineData(SimClrLoss.Debiased)]
    public void Step_OtherLoss_TakesItsOptions(SimClrLoss loss)
    {
        var options = _small with { Loss = loss, Sigma = 0.7, ClassPrior = 0.2 };
        var method = new SimCLR(new PixelBackbone(), options, TestRuns.Of());
        var batch = TestRuns.Batch();
        var swapped = batch with { Views = [batch.Views[1], batch.Views[0]] };

        var output = method.Step(batch, TestRuns.Step());

        var expected = SimClrLosses.Compute(loss, output.Embedding!, method.Step(swapped, TestRuns.Step()).Embedding!, options.Temperature, sigma: 0.7, classPrior: 0.2);
        Assert.Equal(expected.item<float>(), output.Loss.item<float>(), tolerance: 1e-4);
    }

    [Fact]
    public void Step_SumOfViewMeans_DoublesAnyLoss()
    {
        var mean = new SimCLR(new PixelBackbone(), _small with { Loss = SimClrLoss.Dcl }, TestRuns.Of());
        var sum = new SimCLR(new PixelBackbone(), _small with { Loss = SimClrLoss.Dcl, Reduction = NtXentReduction.SumOfViewMeans }, TestRuns.Of());
        sum.load_state_dict(mean.state_dict());

        Assert.Equal(2 * mean.Step(TestRuns.Batch(), TestRuns.Step()).Loss.item<float>(), sum.Step(TestRuns.Batch(), TestRuns.Step()).Loss.item<float>(), tolerance: 1e-4);
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
