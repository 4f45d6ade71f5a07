using Parallax.Host.Planning;

namespace Parallax.Host.Tests.Planning;

public sealed class EvaluationCostTests
{
    [Theory]
    [InlineData(6, 1, 6)]
    [InlineData(6, 4, 2)]   // after the fourth, and at the end
    [InlineData(8, 4, 2)]
    [InlineData(3, 10, 1)]
    public void OnlineTimes_OfARun_CountsTheEnd(long epochs, int every, long expected) =>
        Assert.Equal(expected, EvaluationCost.OnlineTimes(epochs, every));

    [Theory]
    [InlineData(3, 5, 0.1, 0.2, 21)]    // 2 s for a tenth, and 1 s whatever the images
    [InlineData(5, 5, 0.1, 0.2, 5)]
    [InlineData(6, 5, 0.1, 0.2, 5)]     // a measurement that was disturbed does not make it cheaper
    public void Extrapolate_TwoParts_IsAStraightLine(double small, double large, double smallShare, double largeShare, double expected) =>
        Assert.Equal(expected, EvaluationCost.Extrapolate(small, large, smallShare, largeShare), tolerance: 1e-9);
}
