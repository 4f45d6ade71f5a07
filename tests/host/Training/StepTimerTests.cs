using Microsoft.Extensions.Time.Testing;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class StepTimerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void TakeSplit_SomePhases_GivesTheirSharesAndStartsOver()
    {
        var timer = new StepTimer(_time);
        _time.Advance(TimeSpan.FromSeconds(100));   // before the first phase: nobody's
        timer.Enter(Phase.Data);
        _time.Advance(TimeSpan.FromSeconds(1));
        timer.Enter(Phase.Forward);
        _time.Advance(TimeSpan.FromSeconds(2));
        timer.Enter(Phase.Backward);
        _time.Advance(TimeSpan.FromSeconds(4));
        timer.Enter(Phase.Optimizer);
        _time.Advance(TimeSpan.FromSeconds(1));
        timer.Leave();
        _time.Advance(TimeSpan.FromSeconds(100));

        Assert.Equal(new TimeSplit(0.125, 0.25, 0.5, 0.125), timer.TakeSplit());
        Assert.Equal(new TimeSplit(0, 0, 0, 0), timer.TakeSplit());
    }

    [Fact]
    public void Read_AfterAResume_CountsOnlyWhatWasDoneSince()
    {
        var meter = new SpeedMeter(_time, batchSize: 32, totalSteps: 100, firstStep: 40);
        _time.Advance(TimeSpan.FromSeconds(10));

        var (speed, remaining) = meter.Read(step: 60);

        Assert.Equal(64, speed);   // 20 steps of 32 images in 10 s
        Assert.Equal(TimeSpan.FromSeconds(20), remaining);   // 40 steps are left
    }

    [Fact]
    public void Read_SecondTime_IsTheSpeedSinceTheFirst()
    {
        var meter = new SpeedMeter(_time, batchSize: 10, totalSteps: 100, firstStep: 0);
        _time.Advance(TimeSpan.FromSeconds(10));
        meter.Read(step: 10);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(100, meter.Read(step: 20).ImagesPerSecond);
    }
}
