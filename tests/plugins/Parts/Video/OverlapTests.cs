using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts.Video;

public sealed class OverlapTests
{
    [Fact]
    public void With_BoxesByHand_IsTheirCommonShare()
    {
        var overlap = new ClipBox(0, 0, 0, 10, 10, 16).With(new(5, 0, 8, 10, 10, 16));

        Assert.Equal((0.5, 0.5, 0.25), (overlap.Spatial, overlap.Temporal, overlap.Rate));
        Assert.Equal(400.0 / (1600 + 1600 - 400), overlap.IntersectionOverUnion, 1e-12);
    }

    [Fact]
    public void With_SameBoxOrOneApart_IsOneOrNothing()
    {
        var box = new ClipBox(3, 4, 5, 20, 30, 16);

        Assert.Equal(new ClipOverlap(1, 1, 1), box.With(box));
        Assert.Equal(0, box.With(box with { Start = 30 }).IntersectionOverUnion);
    }

    [Theory]
    [InlineData(1.0, 0)]
    [InlineData(0.71, 1)]
    [InlineData(0.55, 2)]
    [InlineData(0.0, 4)]
    public void ClassOf_Rate_IsTheNearest(double rate, int expected) => Assert.Equal(expected, OverlapRates.ClassOf(rate));

    [Theory]
    [InlineData(15, 1, 2)]    // (1 - 0.8) 15 is just below 3 in double precision
    [InlineData(30, 1, 5)]
    [InlineData(15, 0, 0)]
    [InlineData(15, 4, 12)]
    public void SecondStart_Shift_IsThatOfDoublePrecision(int span, int overlapClass, int shift)
    {
        Assert.Equal(100 + shift, OverlapRates.SecondStart(100, span, overlapClass, behind: true));
        Assert.Equal(100 - shift, OverlapRates.SecondStart(100, span, overlapClass, behind: false));
    }

    [Fact]
    public void Second_EveryClassCornerAndWidth_HasTheRateAndTheSize()
    {
        var first = new OverlappingCrop(100, 90, 80, 60);
        var random = new CounterRandom(1, 0, 0, 0);
        for (var draw = 0; draw < 200; draw++)
        {
            var overlapClass = draw % OverlapRates.Count;
            var (narrowest, widest) = first.SharedWidths(overlapClass);
            var second = first.Second(overlapClass, (SharedCorner)(draw % 4), narrowest + random.NextInt(widest - narrowest + 1));

            var shared = Box(first).With(Box(second)).Spatial;

            Assert.Equal((first.Width, first.Height), (second.Width, second.Height));
            Assert.InRange(shared, OverlapRates.Of(overlapClass) - 0.05, OverlapRates.Of(overlapClass) + 1e-9);
        }
    }

    [Fact]
    public void IsInside_EveryBorder_Counts()
    {
        var crop = new OverlappingCrop(0, 0, 10, 20);

        Assert.True(crop.IsInside(10, 20));
        Assert.False(crop.IsInside(9, 20));
        Assert.False(crop.IsInside(10, 19));
        Assert.False((crop with { X = -1 }).IsInside(30, 30));
        Assert.False((crop with { Y = -1 }).IsInside(30, 30));
    }

    private static ClipBox Box(OverlappingCrop crop) => new(crop.X, crop.Y, 0, crop.Width, crop.Height, 1);
}
