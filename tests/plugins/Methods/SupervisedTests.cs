using Parallax.Contracts;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SupervisedTests
{
    [Fact]
    public void Constructor_DataWithoutLabels_IsRefused() =>
        Assert.Throws<ConfigurationException>(() => new Supervised(new PixelBackbone(), new(), TestRuns.Of(classes: 0)));

    [Theory]
    [InlineData(0, "has none")]
    [InlineData(1, "has one, 'class 0'")]
    [InlineData(2, null)]
    public void Faults_FewerThanTwoClasses_AreTold(int classes, string? expected)
    {
        var faults = new SupervisedOptions().Faults(TestRuns.Of(classes: classes)).ToList();

        Assert.Equal(expected is null ? 0 : 1, faults.Count);
        Assert.All(faults, fault => Assert.Contains(expected!, fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Step_OneView_IsCrossEntropyOfTheClassifier()
    {
        var method = new Supervised(new PixelBackbone(), new(), TestRuns.Of());
        var batch = TestRuns.Batch(2, 0, 1, 1);

        var output = method.Step(batch with { Views = [batch.Views[0]] }, TestRuns.Step());

        var state = method.state_dict();
        var logits = output.Embedding!.matmul(state["classifier.weight"].t()) + state["classifier.bias"];
        Assert.Equal(F.cross_entropy(logits, batch.Labels!).item<float>(), output.Loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_ImagesOfUnknownClass_AddNothing()
    {
        var method = new Supervised(new PixelBackbone(), new(), TestRuns.Of());

        var known = method.Step(TestRuns.Batch(2, 0, 1, 1), TestRuns.Step()).Loss.item<float>();
        var first = method.Step(TestRuns.Batch(2, 0, -1, -1), TestRuns.Step()).Loss.item<float>();
        var second = method.Step(TestRuns.Batch(-1, -1, 1, 1), TestRuns.Step()).Loss.item<float>();

        Assert.Equal(known, first + second, tolerance: 1e-5);
    }

    [Fact]
    public void Views_SmallImages_AreShifted_LargeOnesCropped()
    {
        var (small, large) = (TestRuns.Of(), TestRuns.Of() with { ImageSize = 224 });

        Assert.Equal("random-crop", Assert.Single(new Supervised(new PixelBackbone(), new(), small).Views.Views).Steps[0].Name);
        Assert.Equal("random-resized-crop", Assert.Single(new Supervised(new PixelBackbone(), new(), large).Views.Views).Steps[0].Name);
    }
}
