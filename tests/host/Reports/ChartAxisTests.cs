using Parallax.Host.Reports;

namespace Parallax.Host.Tests.Reports;

public sealed class ChartAxisTests
{
    [Theory]
    [InlineData(0.13, 0.92, "0.0 0.2 0.4 0.6 0.8 1.0")]   // a quarter of the range is 0.1975, nearest to 0.2
    [InlineData(-3, 12_345, "0 2,000 4,000")]
    [InlineData(0.99991, 0.99995, "0.99991 0.99992 0.99993 0.99994 0.99995")]
    [InlineData(0, 8e-4, "0 2E-4 4E-4 6E-4 8E-4")]
    [InlineData(0, 4e6, "0 1,000,000 2,000,000 3,000,000 4,000,000")]
    public void Ticks_OfARange_AreMultiplesOfOneTwoOrFive(double from, double to, string expected)
    {
        var axis = from < 0 ? ChartAxis.Exact([from, to]) : ChartAxis.Round([from, to]);

        Assert.StartsWith(expected, string.Join(' ', axis.Ticks.Select(axis.Name)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-7, -7)]
    [InlineData(1e16, 1e16 + 2)]
    [InlineData(-4e307, 4e307)]
    [InlineData(1e-300, 1e300)]
    [InlineData(0, 1e-300)]
    public void Share_OfExtremeRanges_IsBetweenTheEnds(double from, double to)
    {
        List<ChartAxis> axes = [ChartAxis.Exact([from, to]), ChartAxis.Round([from, to])];
        if (from > 0)
        {
            axes.Add(ChartAxis.Logarithmic([from, to]));
        }

        Assert.All(axes, axis =>
        {
            Assert.InRange(axis.Ticks.Count, 1, 12);
            Assert.InRange(axis.Share(from), 0, 1);
            Assert.InRange(axis.Share(to), axis.Share(from), 1);
        });
    }
}
