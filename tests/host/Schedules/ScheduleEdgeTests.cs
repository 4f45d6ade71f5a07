using Parallax.Host.Schedules;

namespace Parallax.Host.Tests.Schedules;

/// <summary>The shortest warm-ups and cosines, and the steps around every change.</summary>
public sealed class ScheduleEdgeTests
{
    [Theory]
    [InlineData(WarmupRamp.FromStart, 0.25)]
    [InlineData(WarmupRamp.BothEnds, 0.25)]
    [InlineData(WarmupRamp.ToPeak, 1)]
    public void WarmupCosine_OneWarmupStep_IsAtItsOwnEnd(WarmupRamp ramp, double first)
    {
        var schedule = new WarmupCosine(Peak: 1, TotalSteps: 5, WarmupSteps: 1) { Start = 0.25, Ramp = ramp };

        Assert.Equal([first, 1], new long[] { 0, 1 }.Select(schedule.At));
    }

    [Theory]
    [InlineData(CosineEnd.Approached, 4)]
    [InlineData(CosineEnd.Reached, 4)]
    [InlineData(CosineEnd.Reached, 5)]   // one step is left: it is the last
    public void WarmupCosine_NothingLeftForTheCosine_IsAtTheEnd(CosineEnd finish, long total) =>
        Assert.Equal(0.1, new WarmupCosine(1, total, 4) { End = 0.1, Finish = finish }.At(4), 1e-12);

    [Fact]
    public void WarmupCosine_Approached_IsAtTheEndOneStepAfterTheLast()
    {
        var schedule = new WarmupCosine(1, TotalSteps: 6, WarmupSteps: 2) { End = 0.2 };

        // 0.2 + 0.4 (1 + cos(pi i / 4))
        Assert.Equal([1, 0.8828427124746190, 0.6, 0.3171572875253810, 0.2], new long[] { 2, 3, 4, 5, 6 }.Select(schedule.At), Close);
    }

    [Fact]
    public void WarmupCosine_Reached_IsAtTheEndInTheLastStep()
    {
        var schedule = new WarmupCosine(1, TotalSteps: 7, WarmupSteps: 2) { End = 0.2, Finish = CosineEnd.Reached };

        Assert.Equal([1, 0.8828427124746190, 0.6, 0.3171572875253810, 0.2], new long[] { 2, 3, 4, 5, 6 }.Select(schedule.At), Close);
    }

    [Fact]
    public void EpochMultistep_Factor_IsAppliedOncePerMilestone()
    {
        var schedule = new EpochMultistep(8, [1, 2, 4], StepsPerEpoch: 3, Factor: 0.5);

        Assert.Equal([8, 8, 4, 4, 2, 2, 2, 1, 1], new long[] { 0, 2, 3, 5, 6, 9, 11, 12, 99 }.Select(schedule.At), Close);
    }

    [Fact]
    public void EpochCosine_Epochs_AreSharesOfHalfACosine()
    {
        var schedule = new EpochCosine(2, Epochs: 4, StepsPerEpoch: 3);

        Assert.Equal([2, 2, 1.7071067811865475, 1, 0.2928932188134525], new long[] { 0, 2, 3, 6, 11 }.Select(schedule.At), Close);
    }

    [Fact]
    public void ConstantSchedule_AnyStep_IsTheValue() => Assert.Equal([0.3, 0.3], new long[] { 0, 1000 }.Select(new ConstantSchedule(0.3).At));

    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(2, 0.30251262658470843)]   // 0.9 - 0.7 (1 + cos(pi / 4)) / 2
    [InlineData(4, 0.55)]
    [InlineData(7, 0.8733578363789504)]
    [InlineData(8, 0.9)]
    public void MomentumSchedule_Rising_FollowsHalfACosine(long step, double expected)
    {
        Assert.Equal(expected, new MomentumSchedule(0.2, 0.9).At(step, totalSteps: 8), 1e-9);
        Assert.Equal(0.99, MomentumSchedule.Constant(0.99).At(step, totalSteps: 8));
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(8, 0.5)]
    [InlineData(1559, 0.99426386233269598)]   // 1560 / 1569
    [InlineData(8990, 0.999)]
    [InlineData(1_000_000, 0.999)]
    public void MomentumSchedule_OfAnAverage_LetsTheBeginningGo(long step, double expected) =>
        Assert.Equal(expected, MomentumSchedule.Average(0.999).At(step, totalSteps: 8), 1e-12);

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-12;
}
