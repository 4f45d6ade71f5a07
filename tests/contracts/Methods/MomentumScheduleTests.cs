using Parallax.Contracts;

namespace Parallax.Contracts.Tests.Methods;

/// <summary>The momentum goes from start to end along half a cosine.</summary>
public sealed class MomentumScheduleTests
{
    [Theory]
    [InlineData(0, 0.996)]
    [InlineData(500, 0.998)]   // half way: the cosine is 0
    [InlineData(1000, 1)]
    [InlineData(250, 1 - (0.004 * 0.8535533905932737))]   // (1 + cos 45 degrees) / 2
    public void At_CosineToOne_FollowsFormula(long step, double expected)
    {
        var schedule = new MomentumSchedule(0.996, 1);

        Assert.Equal(expected, schedule.At(step, 1000), tolerance: 1e-12);
    }

    [Fact]
    public void At_Constant_IsExactlyTheValue()
    {
        var schedule = MomentumSchedule.Constant(0.999);

        Assert.All([0L, 1, 37, 1000], step => Assert.Equal(0.999, schedule.At(step, 1000)));
    }

    [Fact]
    public void At_Falling_GoesDown()
    {
        var schedule = new MomentumSchedule(1, 0.5);

        Assert.Equal([1, 0.75, 0.5], new long[] { 0, 5, 10 }.Select(step => Math.Round(schedule.At(step, 10), 12)));
    }

    [Theory]
    [InlineData(1, 0, 0.9)]
    [InlineData(1, 50, 0.95)]
    [InlineData(1, 100, 1)]
    [InlineData(0.5, 25, 0.95)]
    [InlineData(0.5, 50, 1)]
    [InlineData(0.5, 80, 1)]   // the line is over
    [InlineData(2, 100, 0.95)]   // the run ends halfway
    public void At_Linear_FollowsTheLineAndStays(double share, long step, double expected)
    {
        Assert.Equal(expected, MomentumSchedule.Linear(0.9, 1, share).At(step, 100), tolerance: 1e-12);
    }

    [Fact]
    public void Linear_OfEqualMomentaAsACosine_IsAnotherSchedule()
    {
        Assert.NotEqual(new MomentumSchedule(0.9, 1), MomentumSchedule.Linear(0.9, 1));
    }

    [Fact]
    public void At_RunWithoutSteps_IsStart()
    {
        Assert.Equal(0.9, new MomentumSchedule(0.9, 1).At(0, 0), tolerance: 1e-15);
    }
}
