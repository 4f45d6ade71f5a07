using Parallax.Host.Schedules;

namespace Parallax.Host.Tests.Schedules;

public sealed class ScheduleTests
{
    [Fact]
    public void WarmupCosine_FromStart_PeakComesAfterTheWarmup()
    {
        var schedule = new WarmupCosine(Peak: 2, TotalSteps: 8, WarmupSteps: 4);

        Assert.Equal([0, 0.5, 1, 1.5, 2], Enumerable.Range(0, 5).Select(step => schedule.At(step)));
        Assert.Equal(1, schedule.At(6), 1e-12);
        Assert.True(schedule.At(7) > 0);
    }

    [Fact]
    public void WarmupCosine_BothEnds_PeakComesTwice()
    {
        var schedule = new WarmupCosine(2, 8, 3) { Start = 1, Ramp = WarmupRamp.BothEnds };

        Assert.Equal([1, 1.5, 2, 2], Enumerable.Range(0, 4).Select(step => schedule.At(step)));
    }

    [Fact]
    public void WarmupCosine_ToPeakAndReached_TouchesBoth()
    {
        var schedule = new WarmupCosine(2, 8, 4) { End = 0.5, Ramp = WarmupRamp.ToPeak, Finish = CosineEnd.Reached };

        Assert.Equal(0.5, schedule.At(0));
        Assert.Equal(2, schedule.At(3));
        Assert.Equal(0.5, schedule.At(7), 1e-12);
    }

    [Theory]
    [InlineData(WarmupRamp.FromStart)]
    [InlineData(WarmupRamp.BothEnds)]
    [InlineData(WarmupRamp.ToPeak)]
    public void WarmupCosine_OneWarmupStep_IsFinite(WarmupRamp ramp) =>
        Assert.True(double.IsFinite(new WarmupCosine(1, 5, 1) { Ramp = ramp }.At(0)));

    [Fact]
    public void WarmupCosine_RisingEnd_IsTheMomentumOfAnAverage()
    {
        var schedule = new WarmupCosine(0.99, 100) { End = 1 };

        Assert.Equal(0.99, schedule.At(0), 1e-12);
        Assert.Equal(0.995, schedule.At(50), 1e-12);
    }

    [Fact]
    public void WarmupCosine_AfterTheRun_StaysAtTheEnd() => Assert.Equal(0.1, new WarmupCosine(1, 10) { End = 0.1 }.At(25), 1e-12);

    [Fact]
    public void EpochMultistep_AtMilestones_Drops()
    {
        var schedule = new EpochMultistep(1, [2, 3], StepsPerEpoch: 10);

        Assert.Equal([1, 1, 0.1, 0.01], new long[] { 0, 19, 20, 30 }.Select(schedule.At), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void EpochCosine_WithinAnEpoch_IsConstant()
    {
        var schedule = new EpochCosine(1, Epochs: 2, StepsPerEpoch: 5);

        Assert.Equal(schedule.At(0), schedule.At(4));
        Assert.Equal(0.5, schedule.At(5), 1e-12);
    }

    [Fact]
    public void BatchScaling_Batch512_DoublesLinearly()
    {
        Assert.Equal(0.2, BatchScaling.Linear(0.1, 512));
        Assert.Equal(0.1 * Math.Sqrt(512), BatchScaling.SquareRoot(0.1, 512));
    }
}
