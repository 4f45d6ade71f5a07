namespace Parallax.Benchmarks.Tests.Gate.Statistics;

public sealed class RatioTestTests
{
    private static readonly RatioTest FivePercent = new(Allowed: 0.05, Floor: 0.01);

    [Theory]
    [InlineData(1.00, Outcome.Pass)]
    [InlineData(0.50, Outcome.Pass)]
    [InlineData(1.04, Outcome.Pass)]
    [InlineData(1.06, Outcome.Fail)]
    [InlineData(2.00, Outcome.Fail)]
    public void Of_SteadyRatios_ComparesWithTheLimit(double ratio, object expected)
    {
        Assert.Equal((Outcome)expected, FivePercent.Of(Around(ratio, noise: 0.001), difference: 1).Outcome);
    }

    [Fact]
    public void Of_IntervalAcrossTheLimit_IsInconclusiveAndTellsHowManyMoreRounds()
    {
        var result = FivePercent.Of(Around(1.06, noise: 0.1), difference: 1);

        Assert.Equal(Outcome.Inconclusive, result.Outcome);
        Assert.InRange(result.MoreRounds, 1, RatioTest.MostRounds);
    }

    [Fact]
    public void Of_SlowerByLessThanTheFloor_Passes()
    {
        Assert.Equal(Outcome.Pass, FivePercent.Of(Around(1.5, noise: 0.001), difference: 0.009).Outcome);
    }

    [Theory]
    [InlineData(1.2, Outcome.Inconclusive)]    // within the noise: no fault, and no pass either
    [InlineData(1.02, Outcome.Pass)]
    [InlineData(1.4, Outcome.Fail)]
    public void Of_ANoisyMachine_FailsBeyondTheNoiseAndPassesBelowFivePercent(double ratio, object expected)
    {
        var noisy = FivePercent with { Noise = 0.3 };

        Assert.Equal((Outcome)expected, noisy.Of(Around(ratio, noise: 0.001), difference: 1).Outcome);
    }

    [Fact]
    public void Of_ThreeRounds_IsInconclusive()
    {
        Assert.Equal(Outcome.Inconclusive, FivePercent.Of([0.5, 0.5, 0.5], difference: 1).Outcome);
    }

    [Fact]
    public void Of_OneOutlier_DoesNotFail()
    {
        Assert.Equal(Outcome.Pass, FivePercent.Of([0, 0.01, -0.01, 0.02, 0, -0.02, 0.01, 3], difference: 1).Outcome);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.PositiveInfinity)]
    public void Of_RatioThatIsNoNumber_IsInvalid(double ratio)
    {
        Assert.Equal(Outcome.Invalid, FivePercent.Of([0, 0, 0, 0, ratio], difference: 0).Outcome);
    }

    [Fact]
    public void Of_NoRounds_IsInvalid()
    {
        Assert.Equal(Outcome.Invalid, FivePercent.Of([], difference: 0).Outcome);
    }

    [Theory]
    [InlineData(0.10, 0.05, 10, 30)]    // twice as wide as the distance: four times the rounds
    [InlineData(0.05, 0.05, 10, 1)]     // just wide enough: one more
    [InlineData(0.10, 0.00, 10, RatioTest.MostRounds)]
    public void MoreRounds_IntervalAndDistance_GrowWithTheirSquare(double halfWidth, double distance, int rounds, int expected)
    {
        Assert.Equal(expected, RatioTest.MoreRounds(new(-halfWidth, 0, halfWidth), distance, rounds));
    }

    [Fact]
    public void Noise_IdenticalTimes_IsZero()
    {
        Assert.Equal(0, RatioTest.NoiseOf([0, 0, 0, 0]));
    }

    [Fact]
    public void Noise_IsTheFartherEndOfTheInterval()
    {
        Assert.Equal(0.1, RatioTest.NoiseOf([.. Enumerable.Repeat(-Math.Log(1.1), 6)]), tolerance: 1e-12);
    }

    private static double[] Around(double ratio, double noise) =>
        [.. new[] { -1.0, -0.6, -0.3, -0.1, 0.1, 0.3, 0.6, 1.0 }.Select(share => Math.Log(ratio) + (share * noise))];
}
