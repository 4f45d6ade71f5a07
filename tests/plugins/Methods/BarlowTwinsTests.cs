using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class BarlowTwinsTests
{
    private static readonly BarlowTwinsOptions _small = new() { ProjectionDim = 6, HiddenDim = 10, LossScale = 1 };

    [Fact]
    public void Step_EqualViews_IsLossOfTheEmbedding()
    {
        var method = Create(_small);
        var batch = TestRuns.Batch();

        var output = method.Step(batch with { Views = [batch.Views[0], batch.Views[0]] }, TestRuns.Step());

        Assert.Equal(BarlowTwinsLoss.Compute(output.Embedding!, output.Embedding!, _small.OffDiagonalWeight).item<float>(), output.Loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_LossScale_MultipliesTheWholeLoss()
    {
        var (plain, scaled) = (Create(_small), Create(_small with { LossScale = 0.1 }));
        scaled.load_state_dict(plain.state_dict());

        Assert.Equal(0.1 * plain.Step(TestRuns.Batch(), TestRuns.Step()).Loss.item<float>(), scaled.Step(TestRuns.Batch(), TestRuns.Step()).Loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void ParameterRules_BiasesAndNorms_LearnSlower()
    {
        var rule = Assert.Single(Create(_small).ParameterRules);

        Assert.Equal(0.024, rule.LearningRateScale, tolerance: 1e-12);
        Assert.True(rule.Matches(new ParameterInfo("backbone.bn1.weight", 1)));
        Assert.False(rule.Matches(new ParameterInfo("projector.0.weight", 2)));
    }

    [Fact]
    public void Projector_LinearLayers_HaveNoBias()
    {
        var names = Create(_small).named_parameters().Select(named => named.name).Where(name => name.StartsWith("projector.", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

        Assert.Equal(["projector.0.weight", "projector.1.bias", "projector.1.weight", "projector.3.weight", "projector.4.bias", "projector.4.weight", "projector.6.weight"], names);
    }

    [Fact]
    public void Views_LargeImages_DifferByBlurAndSolarize()
    {
        var views = new BarlowTwins(new PixelBackbone(), _small, TestRuns.Of() with { ImageSize = 224 }).Views.Views;

        Assert.Equal([1.0, 0.1], views.Select(view => (double)view.Steps.Single(step => step.Name == "gaussian-blur").Options["probability"]));
        Assert.Equal([false, true], views.Select(view => view.Steps.Any(step => step.Name == "solarize")));
    }

    private static BarlowTwins Create(BarlowTwinsOptions options) => new(new PixelBackbone(), options, TestRuns.Of());
}
