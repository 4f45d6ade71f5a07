using Parallax.Host.Verification;

namespace Parallax.Host.Tests.Verification;

public sealed class ToleranceTests
{
    [Theory]
    [InlineData(0, 0.001, 0.02, 0.05)]        // never less
    [InlineData(1e-4, 0.001, 0.02, 0.05)]
    [InlineData(0.005, 0.02, 0.04, 0.08)]     // 4 times, twice that, twice that
    public void Tolerance_OfANetwork_FollowsWhatItMakesOfRounding(double rounding, double gradients, double one, double state)
    {
        var tolerance = new Tolerance(rounding);

        Assert.Equal(gradients, tolerance.Gradients, tolerance: 1e-12);
        Assert.Equal(one, tolerance.OneGradient, tolerance: 1e-12);
        Assert.Equal(state, tolerance.State, tolerance: 1e-12);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0.02499, true)]    // 16 times that is 0.39984
    [InlineData(0.02501, false)]
    [InlineData(0.0625, false)]    // what never moved would hold
    [InlineData(double.PositiveInfinity, false)]
    [InlineData(double.NaN, false)]
    public void WhyNoProof_WhereRoundingHidesAFault_IsTold(double rounding, bool proves)
    {
        var reason = new Tolerance(rounding).WhyNoProof;

        Assert.Equal(proves, reason is null);
        Assert.True(proves || reason!.StartsWith("rounding hides it: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2, 2.5, 0.25)]
    [InlineData(-2, -2.5, 0.25)]
    [InlineData(0.5, 0.25, 0.5)]      // of itself, not of one more
    [InlineData(0, 0.01, 0.1)]        // of 0.1
    [InlineData(double.NaN, 1, double.NaN)]
    [InlineData(1, double.NaN, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, double.NaN)]
    public void ShareOfLoss_OfTwoLosses_IsThatOfTheFirst(double expected, double actual, double share) =>
        Assert.Equal(share, Tolerance.ShareOfLoss(expected, actual), tolerance: 1e-12);
}
