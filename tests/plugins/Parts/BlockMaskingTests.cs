using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class BlockMaskingTests
{
    private static readonly BlockMasking _beit = new(14, 14);

    [Fact]
    public void Draw_AsBEiT_HidesAtMostTheCount_AndMostlyAllOfIt()
    {
        var counts = Tensors.Values(_beit.Draw(Randoms(200), 75).sum([1, 2]));

        Assert.All(counts, count => Assert.InRange(count, 16, 75));
        Assert.True(counts.Average() > 70, $"{counts.Average()} patches are hidden on average");
    }

    [Fact]
    public void Draw_AreaAndAspectWithoutChoice_IsOneRectangleAnywhere()
    {
        var squares = (_beit with { MinPatches = 9, MinAspect = 1 }).Draw(Randoms(50), 9);   // [50, 14, 14], of 3 x 3 patches each

        Assert.All(Tensors.Values(squares.sum([1, 2])), area => Assert.Equal(9, area));
        Assert.All(Tensors.Values(squares.amax([2]).sum(1)), rows => Assert.Equal(3, rows));
        Assert.All(Tensors.Values(squares.amax([1]).sum(1)), columns => Assert.Equal(3, columns));
        Assert.True(squares.amax([0]).sum().item<float>() > 150, "the squares lie everywhere");
    }

    [Fact]
    public void Draw_RectanglesAsLargeAsTheGrid_NeverFit()
    {
        var random = new CounterRandom(1, 0, 0, 0);

        Assert.Equal(0, (new BlockMasking(4, 4) { MinPatches = 1000 }).Draw(ref random, 8).Sum());
    }

    [Fact]
    public void Draw_NothingToHide_IsEmpty()
    {
        var random = new CounterRandom(1, 0, 0, 0);

        Assert.Equal(0, _beit.Draw(ref random, 0).Sum());
    }

    [Fact]
    public void Draw_AnImage_DependsOnItsOwnNumbersOnly()
    {
        var whole = _beit.Draw(Randoms(4), 78);
        var second = _beit.Draw(Randoms(4).Skip(1).Take(1), 78);

        Tensors.AssertClose(whole.narrow(0, 1, 1), second, tolerance: 0);
        Assert.False(whole[0].allclose(whole[1]));
    }

    private static IEnumerable<CounterRandom> Randoms(int count) => Enumerable.Range(0, count).Select(sample => new CounterRandom(7, 0, sample, 0));
}
