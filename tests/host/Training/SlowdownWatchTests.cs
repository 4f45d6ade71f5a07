using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>When a run says that other programs slow it down.</summary>
public sealed class SlowdownWatchTests
{
    private const int Cores = 2, Images = 10;
    private ProcessorUse? _use = new(TimeSpan.Zero, new(0, 0), TimeSpan.Zero);
    private long _step;

    [Fact]
    public void Observe_SlowWhileOthersUseTheCores_SaysItOnce()
    {
        var watch = new SlowdownWatch(threads: 2, Images, areVideos: false, () => _use);

        Assert.Equal([null, null, null], [Pass(watch, 1, own: 2, others: 0), Pass(watch, 100, own: 2, others: 0), Pass(watch, 40, own: 1, others: 1)]);
        var said = Pass(watch, 40, own: 1, others: 1);

        Assert.Equal("Other programs slow this run down: 40 images/s, 100 at its best; they use 1.0 of 2 cores. It keeps its 2 threads, because another number "
            + "would change its bits. End the other programs, or stop the run and go on with --resume RUN_ID and fewer trainer.threads.", said);
        Assert.Null(Pass(watch, 10, own: 1, others: 1));
        Assert.Null(Pass(watch, 10, own: 1, others: 1));
    }

    [Theory]
    [InlineData(40, 2, 0)]     // slow by itself
    [InlineData(40, 0.5, 0.5)]   // there are free cores
    [InlineData(90, 1.2, 0.8)]   // others compute, but the run is as fast as ever
    public void Observe_OtherwiseSlow_SaysNothing(int speed, double own, double others)
    {
        var watch = new SlowdownWatch(threads: 2, Images, areVideos: false, () => _use);
        Pass(watch, 1, own: 2, others: 0);
        Pass(watch, 100, own: 2, others: 0);

        Assert.All(Enumerable.Range(0, 5), _ => Assert.Null(Pass(watch, speed, own, others)));
    }

    [Fact]
    public void Observe_OneSlowMoment_SaysNothing()
    {
        var watch = new SlowdownWatch(threads: 2, Images, areVideos: false, () => _use);
        Pass(watch, 1, own: 2, others: 0);

        Assert.All(Enumerable.Range(0, 6), i => Assert.Null(Pass(watch, i % 2 == 0 ? 100 : 40, own: 1, others: 1)));
    }

    [Fact]
    public void Observe_SlowRunOfVideos_SaysVideos()
    {
        var watch = new SlowdownWatch(threads: 1, Images, areVideos: true, () => _use);
        Pass(watch, 1, own: 2, others: 0);
        Pass(watch, 100, own: 2, others: 0);
        Pass(watch, 40, own: 1, others: 1);

        Assert.StartsWith("Other programs slow this run down: 40 videos/s, 100 at its best", Pass(watch, 40, own: 1, others: 1), StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_KernelThatTellsNothing_SaysNothing()
    {
        _use = null;

        Assert.Null(new SlowdownWatch(threads: 1, Images, areVideos: false, () => _use).Observe(10));
    }

    // Ten seconds at so many images a second; cores that the run and others use.
    private string? Pass(SlowdownWatch watch, int speed, double own, double others)
    {
        const int seconds = 10, ticks = 100;
        var before = _use!.Value;
        _step += speed * seconds / Images;
        _use = new(before.Time + TimeSpan.FromSeconds(seconds),
            new(before.Machine.Busy + (long)((own + others) * seconds * ticks), before.Machine.Total + (Cores * seconds * ticks)),
            before.Own + TimeSpan.FromSeconds(own * seconds));

        return watch.Observe(_step);
    }
}
