using Parallax.Contracts;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class SupervisedTests
{
    [Fact]
    public void Constructor_DataWithoutLabels_IsRefused() =>
        Assert.Throws<ConfigurationException>(() => new Supervised(new PixelBackbone(), new(), TestRuns.Of(classes: 0)));
}
