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
    public void Draw_OfClips_HidesAtMostTheCount_AndMostlyAllOfIt()
    {
        var cuboids = new BlockMasking(7, 7) { Moments = 8, MinPatches = 9, MaxPatches = 49, Tries = 100 };   // MaskFeat's of 16 frames of 224 pixels

        var masks = cuboids.Draw(Randoms(50), 157);

        Assert.Equal([50, 8 * 7, 7], masks.shape);
        var counts = Tensors.Values(masks.sum([1, 2]));
        Assert.All(counts, count => Assert.InRange(count, 9, 157));
        Assert.True(counts.Average() > 140, $"{counts.Average()} squares are hidden on average");
    }

    [Fact]
    public void Draw_OfClipsOneCuboid_LastsForMomentsInARow()
    {
        var cuboids = new BlockMasking(5, 5) { Moments = 4, MinPatches = 9, MaxPatches = 9, MinAspect = 1, Tries = 1 };   // 3 x 3 patches
        HashSet<string> seen = [];
        foreach (var source in Randoms(400))
        {
            var random = source;
            var mask = cuboids.Draw(ref random, 36);
            var moments = Enumerable.Range(0, 4).Select(moment => mask[(moment * 25)..((moment + 1) * 25)]).ToList();
            var hidden = moments.Where(moment => moment.Contains(1)).ToList();
            if (hidden.Count > 0 && hidden.All(moment => moment.Sum() == 9 && moment.SequenceEqual(hidden[0])))   // one place: one cuboid
            {
                seen.Add(string.Concat(moments.Select(moment => moment.Contains(1) ? 'x' : '-')));
            }
        }

        Assert.Superset(new HashSet<string> { "x---", "-x--", "--x-", "---x", "xx--", "-xx-", "--xx", "xxx-", "-xxx", "xxxx" }, seen);
    }

    [Theory]
    [InlineData(14, 75, 16, "")]
    [InlineData(2, 1, 1, "")]
    [InlineData(1, 1, 1, "An image has 1 x 1 patches, but hidden rectangles are smaller")]
    [InlineData(14, 0, 16, "method.maskRatio is 0.4, which hides none of 196 patches")]
    [InlineData(14, 15, 15.5, "The smallest hidden rectangle has 15.5 patches (method.key), but 15 of 196 patches shall be hidden (method.maskRatio is 0.4)")]
    [InlineData(3, 5, 5, "The smallest hidden rectangle has 5 patches (method.key), but 5 of 9")]   // at most 2 x 2 fit
    public void Faults_RectanglesThatCannotBe_SayWhy(int side, int count, double smallest, string start)
    {
        var faults = new BlockMasking(side, side) { MinPatches = smallest }.Faults(count, 0.4, "method.key").ToList();

        Assert.Equal(start.Length > 0 ? 1 : 0, faults.Count);
        Assert.All(faults, fault => Assert.StartsWith(start, fault, StringComparison.Ordinal));
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
