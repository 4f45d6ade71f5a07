namespace Parallax.Benchmarks.Tests.Gate.Statistics;

public sealed class BootstrapTests
{
    [Fact]
    public void OfMedian_EqualSamples_IsThatNumber()
    {
        Assert.Equal(new Interval(0.25, 0.25, 0.25), Bootstrap.OfMedian([0.25, 0.25, 0.25, 0.25]));
    }

    [Fact]
    public void OfMedian_OddNumber_IsTheMiddleOne()
    {
        Assert.Equal(3, Bootstrap.OfMedian([9, 1, 3]).Middle);
    }

    [Fact]
    public void OfMedian_EvenNumber_IsTheMeanOfTheMiddleTwo()
    {
        Assert.Equal(2.5, Bootstrap.OfMedian([9, 1, 3, 2]).Middle);
    }

    [Fact]
    public void OfMedian_SameSamplesTwice_IsTheSameInterval()
    {
        double[] samples = [0.1, -0.2, 0.3, 0.05, 0.02, -0.07];

        Assert.Equal(Bootstrap.OfMedian(samples), Bootstrap.OfMedian(samples));
    }

    // The median of n samples lies below the k-th smallest of them with the probability that a binomial count is below k: for n = 9, the second smallest
    // and the second largest enclose it with 96 %.
    [Fact]
    public void OfMedian_OneToNine_EnclosesTheMiddleAsOrderStatisticsDo()
    {
        var interval = Bootstrap.OfMedian([1, 2, 3, 4, 5, 6, 7, 8, 9]);

        Assert.Equal(5, interval.Middle);
        Assert.InRange(interval.Low, 2, 3);
        Assert.InRange(interval.High, 7, 8);
    }

    [Fact]
    public void OfMedian_OneOutlier_HardlyMoves()
    {
        var interval = Bootstrap.OfMedian([0.01, -0.01, 0.02, -0.02, 0, 0.01, -0.01, 5]);

        Assert.InRange(interval.Low, -0.02, 0);
        Assert.InRange(interval.High, 0, 0.02);
    }

    [Fact]
    public void OfMedian_MoreSamples_IsNarrower()
    {
        double[] samples = [-0.04, -0.02, 0.03, 0.01, 0.05, -0.01];

        var (few, many) = (Bootstrap.OfMedian(samples), Bootstrap.OfMedian([.. Enumerable.Repeat(samples, 10).SelectMany(s => s)]));

        Assert.True(many.HalfWidth < few.HalfWidth / 2);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void OfMedian_OneSampleIsNoNumber_IsNone(double sample)
    {
        Assert.False(Bootstrap.OfMedian([0.1, sample, 0.2]).IsFinite);
    }

    [Fact]
    public void OfMedian_NoSamples_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.OfMedian([]));
    }
}
