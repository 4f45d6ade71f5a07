using Parallax.Host.Terminal;

namespace Parallax.Host.Tests.Terminal;

public sealed class SparklineTests
{
    [Theory]
    [InlineData(1, "")]
    [InlineData(8, "▁▂▃▄▅▆▇█")]
    [InlineData(9, "▁▃▅▇█")]                 // four pairs and one: 0.5, 2.5, 4.5, 6.5 and 8
    [InlineData(16, "▁▂▃▄▅▆▇█")]
    [InlineData(4096, "▁▂▃▄▅▆▇█")]
    public void ToString_RisingNumbers_IsTheWholeCourse(int values, string expected)
    {
        var line = new Sparkline(width: 8);

        for (var value = 0; value < values; value++)
        {
            line.Add(value);
        }

        Assert.Equal(expected, line.ToString());
    }

    [Fact]
    public void ToString_EqualNumbers_AreFlat() => Assert.Equal("▁▁▁", Of(2, 2, 2));

    [Fact]
    public void ToString_FallAndARise_ShowsBoth() => Assert.Equal("█▄▁▅", Of(-1, -5, -8, -4));   // 7, 3, 0 and 4 of 7

    [Fact]
    public void Add_NotANumber_IsLeftOut() => Assert.Equal("▁█", Of(1, double.NaN, double.PositiveInfinity, 2));

    private static string Of(params double[] values)
    {
        var line = new Sparkline(width: 8);
        foreach (var value in values)
        {
            line.Add(value);
        }

        return line.ToString();
    }
}
