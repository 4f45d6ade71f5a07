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
}
