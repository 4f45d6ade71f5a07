using Parallax.Host.Configuration;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

/// <summary>Which of several measurements is chosen.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class CountSearchTests
{
    private readonly List<(int Threads, int Workers)> _measured = [];

    [Theory]
    [InlineData(8, 8, 100, 190, 370, 700)]
    [InlineData(8, 1, 370, 350, 300, 100)]   // someone else uses the cores
    [InlineData(8, 4, 100, 190, 370, 380)]   // hardly more: the difference of two measurements of the same
    [InlineData(4, 2, 100, 104, 106)]   // one thread is more than 5 % below the best, though no step from one count to the next is
    [InlineData(2, 1, 300, 100)]
    public void Threads_OfSomeSpeeds_AreTheFewestThatAreAsFastAsAny(int cores, int expected, params int[] speeds)
    {
        var search = new CountSearch(cores, (threads, workers) => Trial(threads, workers, speeds[int.Log2(threads)], waiting: 0));

        Assert.Equal(expected, search.Threads(workers: 1));
        Assert.Equal(_measured, [.. _measured.AsEnumerable().Reverse()]);   // there and back
        Assert.Equal(speeds.Length * 2, _measured.Count);
    }

    [Fact]
    public void Threads_OfOneCore_AreMeasuredOnce()
    {
        Assert.Equal(1, new CountSearch(1, (threads, workers) => Trial(threads, workers, 100, waiting: 0)).Threads(workers: 1));
        Assert.Single(_measured);
    }

    [Theory]
    [InlineData(0.01, 1, 100, 200, 400)]   // steps do not wait: nothing to gain
    [InlineData(0.5, 4, 100, 200, 300)]
    [InlineData(0.5, 2, 100, 200, 205)]
    [InlineData(0.5, 1, 100, 90, 300)]
    public void Workers_OfSomeSpeeds_DoubleWhileThatHelps(double waiting, int expected, params int[] speeds)
    {
        var search = new CountSearch(4, (threads, workers) => Trial(threads, workers, speeds[int.Log2(workers)], waiting));

        Assert.Equal(expected, search.Workers(threads: 2, workers: 1));
        Assert.All(_measured, counts => Assert.Equal(2, counts.Threads));
    }

    [Fact]
    public void Workers_AfterThreads_UsesWhatWasMeasured()
    {
        var search = new CountSearch(2, (threads, workers) => Trial(threads, workers, 100 * threads, waiting: 0));
        var threads = search.Threads(workers: 1);

        Assert.Equal(1, search.Workers(threads, workers: 1));
        Assert.Equal(4, _measured.Count);
    }

    [Fact]
    public void Describe_SomeTrials_SaysWhatWasChosenAndWhatWasMeasured() => Assert.Equal(
        "auto: trainer.threads 2. Measured on this machine now: 2 threads and 1 workers 1,234 images/s, 25 % waiting for images.",
        MachineTuning.Describe(new(2, null), [Trial(2, 1, 1234, waiting: 0.25)], areVideos: false));

    [Fact]
    public void Describe_TrialsOnVideos_SaysVideos() => Assert.Equal(
        "auto: trainer.workers 1. Measured on this machine now: 2 threads and 1 workers 3.5 videos/s, 25 % waiting for videos.",
        MachineTuning.Describe(new(null, 1), [new(2, 1, 7, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(0.5))], areVideos: true));

    [Fact]
    public void Describe_NoTrials_DoesNotSayThatAnythingWasMeasured() =>
        Assert.Equal("auto: trainer.threads 2.", MachineTuning.Describe(new(2, null), [], areVideos: false));

    [Theory]
    [InlineData(true, true, 2, 1, null)]
    [InlineData(true, false, 2, null, null)]
    [InlineData(true, true, 2, null, "auto: trainer.workers taken ")]
    [InlineData(true, false, null, null, "auto: trainer.threads taken ")]
    [InlineData(true, true, null, null, "auto: trainer.threads and trainer.workers taken ")]
    public void NotMeasured_ARunThatGoesOn_NamesWhatItsStartDidNotMeasure(bool threads, bool workers, int? keptThreads, int? keptWorkers, string? expected)
    {
        var trainer = new TrainerOptions { Threads = threads ? new AutoCount(null) : 3, Workers = workers ? new AutoCount(null) : 3 };
        var kept = keptThreads is null && keptWorkers is null ? null : new MachineChoice(keptThreads, keptWorkers);

        var note = MachineTuning.NotMeasured(trainer, kept);

        Assert.Equal(expected is null, note is null);
        Assert.StartsWith(expected ?? "", note ?? "", StringComparison.Ordinal);
        Assert.EndsWith(expected is null ? "" : "Give a number in place of auto to keep the bits that it computes.", note ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_Stopped_ThrowsInsteadOfATrialOfNoSteps()
    {
        using var bench = new TrainingBench();
        using var session = bench.Session(new TinyMethod());
        using var trials = new StepTrials(session.Experiment, TimeProvider.System, new(canceled: true));

        Assert.Throws<OperationCanceledException>(() => trials.Measure(threads: 1, workers: 1));
    }

    private Trial Trial(int threads, int workers, int speed, double waiting)
    {
        _measured.Add((threads, workers));

        return new(threads, workers, speed * 10L, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10 * waiting));
    }
}
