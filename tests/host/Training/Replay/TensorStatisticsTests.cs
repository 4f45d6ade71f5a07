using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class TensorStatisticsTests
{
    [Fact]
    public void Of_SomeValuesNotFinite_CountsThemApart()
    {
        using var values = torch.tensor([1f, float.NaN, -3f, float.PositiveInfinity]);

        var statistics = TensorStatistics.Of(values);

        Assert.Equal(new(Count: 2, NonFinite: 2, Mean: -1, Deviation: 2, Largest: 3), statistics);
        Assert.Equal(0.5, statistics.NonFiniteShare);
    }

    [Fact]
    public void Of_NothingFinite_HasNoMean()
    {
        using var values = torch.full(3, double.NaN);

        Assert.Equal(new(0, 3, 0, 0, 0), TensorStatistics.Of(values));
    }

    [Fact]
    public void Sum_OfTwoParts_IsThatOfTheWhole()
    {
        using var whole = torch.tensor([1f, 2f, 6f, -4f, 10f]);
        using var head = whole.narrow(0, 0, 2);
        using var tail = whole.narrow(0, 2, 3);

        var (sum, expected) = (TensorStatistics.Of(head) + TensorStatistics.Of(tail), TensorStatistics.Of(whole));

        Assert.Equal((expected.Count, expected.Mean, expected.Largest), (sum.Count, sum.Mean, sum.Largest));
        Assert.Equal(expected.Deviation, sum.Deviation, 1e-12);
    }
}
