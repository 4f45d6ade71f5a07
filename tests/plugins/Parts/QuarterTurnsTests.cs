using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class QuarterTurnsTests
{
    [Fact]
    public void All_TwoByTwo_TurnsCounterClockwise()
    {
        var image = tensor([1f, 2f, 3f, 4f]).view(1, 1, 2, 2);

        var turned = QuarterTurns.All(image);

        Assert.Equal([1, 2, 3, 4, /* 90 */ 2, 4, 1, 3, /* 180 */ 4, 3, 2, 1, /* 270 */ 3, 1, 4, 2], Tensors.Values(turned));
        Assert.Equal([0, 1, 2, 3], Tensors.Integers(QuarterTurns.Classes(1, CPU)));
    }

    [Fact]
    public void Of_Images_TurnsEachByItsOwnNumber()
    {
        var images = tensor([1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f]).view(2, 1, 2, 2);

        var turned = QuarterTurns.Of(images, [3, 1]);

        Assert.Equal([3, 1, 4, 2, 6, 8, 5, 7], Tensors.Values(turned));
    }

    [Fact]
    public void All_FourTimesAQuarter_IsTheImageAgain()
    {
        var images = Tensors.Normal(1, 2, 3, 5, 5);

        var turned = Enumerable.Range(0, 4).Aggregate(images, (x, _) => QuarterTurns.All(x).view(2, 4, 3, 5, 5).select(1, 1));

        Assert.Equal(Tensors.Values(images), Tensors.Values(turned));
    }

    [Fact]
    public void All_ImagesThatAreNotSquare_AreRefused() => Assert.Throws<ArgumentException>(() => QuarterTurns.All(zeros([1, 3, 4, 5])));
}
