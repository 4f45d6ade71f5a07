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
}
