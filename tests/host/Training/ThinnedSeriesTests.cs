using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class ThinnedSeriesTests
{
    private const int Most = ThinnedSeries.Most;

    [Fact]
    public void Add_FewerThanAreHeld_KeepsEach()
    {
        var series = Of(Most - 1);

        Assert.Null(series.Thinning);
        Assert.Equal(Enumerable.Range(0, Most - 1).Select(i => (double)i), series.Means);
        Assert.Equal([Most - 4, Most - 3, Most - 2], series.Recent(3));
        Assert.Equal(Most - 11, series.Before(10).Count);
    }

    [Fact]
    public void Add_AsManyAsAreHeld_HoldsMeansOfPairs()
    {
        var series = Of(Most + 1);

        Assert.Equal((Most + 1, Most / 2), (series.Count, series.Means.Count));
        Assert.Equal([0.5, 2.5, 4.5], series.Means.Take(3));
        Assert.Equal([Most - 3.5, Most - 1.5], series.Recent(4));
        Assert.Equal(Most, series.Whole.Last());   // it waits for the other one of its pair
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (double)i), series.First);
        Assert.Equal(Enumerable.Range(Most - 9, 10).Select(i => (double)i), series.Last);
        Assert.Equal((Most / 2) - 5, series.Before(10).Count);   // one of the ten waits, five pairs have the nine others
    }

    [Fact]
    public void Add_VeryMany_StaysBounded()
    {
        var series = Of(100_000);

        Assert.InRange(series.Means.Count, Most / 2, Most - 1);
        Assert.Equal((100_000, 128), (series.Count, series.Thinning!.Each));
        Assert.Equal(63.5, series.Means[0]);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(Most - 1)]
    [InlineData(Most)]
    [InlineData((4 * Most) + 3)]
    public void Add_FromWhatAnotherHeld_GoesOnAsThatOne(int count)
    {
        var whole = Of(count);

        var second = new ThinnedSeries([.. whole.Means], whole.Thinning);

        for (var i = 0; i < 3 * Most; i++)
        {
            whole.Add(Math.Sin(i));
            second.Add(Math.Sin(i));
        }

        Assert.Equal(whole.Whole, second.Whole);
        Assert.Equal((whole.Count, whole.Thinning!.Each, whole.Thinning.Sum), (second.Count, second.Thinning!.Each, second.Thinning.Sum));
        Assert.Equal((IEnumerable<double>)[.. whole.First, .. whole.Last], [.. second.First, .. second.Last]);
    }

    // A checkpoint of an earlier version has each, however many there are.
    [Fact]
    public void New_OfMoreThanAreHeld_IsAsIfTheyHadBeenAdded()
    {
        var values = Enumerable.Range(0, (3 * Most) + 5).Select(i => (double)i).ToList();

        Assert.Equal(Of(values.Count).Whole, new ThinnedSeries(values).Whole);
    }

    private static ThinnedSeries Of(int count)
    {
        var series = new ThinnedSeries();
        for (var i = 0; i < count; i++)
        {
            series.Add(i);
        }

        return series;
    }
}
