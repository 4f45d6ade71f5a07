using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Plugins;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("batchsize", "batchSize")]
    [InlineData("bacthSize", "batchSize")]
    [InlineData("epoch", "epochs")]
    [InlineData("x", null)]
    [InlineData("learningSpeed", null)]
    public void Of_Typo_IsTheNearestOrNothing(string given, string? expected)
    {
        var nearest = NearestName.Of(given, ["batchSize", "epochs", "precision"]);

        Assert.Equal(expected, nearest);
    }
}
