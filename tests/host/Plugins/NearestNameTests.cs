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

    [Theory]
    [InlineData("nothing/small", null)]   // four edits away, of thirteen letters, of which six are the same in all
    [InlineData("mocih/small", "mochi/small")]
    [InlineData("mochi/smal", "mochi/small")]
    public void Of_PartsOfAName_CountsThoseThatDiffer(string given, string? expected) =>
        Assert.Equal(expected, NearestName.Of(given, ["mochi/small", "simclr/small"]));
}
