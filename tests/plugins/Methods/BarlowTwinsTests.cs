using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class BarlowTwinsTests
{
    private static readonly BarlowTwinsOptions _small = new() { ProjectionDim = 6, HiddenDim = 10, LossScale = 1 };

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
        var names = Create(_small).named_parameters().Select(named => named.name).Where(name => name.StartsWith("projector.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

        Assert.Equal(["projector.0.weight", "projector.1.bias", "projector.1.weight", "projector.3.weight", "projector.4.bias", "projector.4.weight",
            "projector.6.weight"], names);
    }

    private static BarlowTwins Create(BarlowTwinsOptions options) => new(new PixelBackbone(), options, TestRuns.Of());
}
