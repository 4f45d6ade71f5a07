using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

[Collection(GeneratorCollection.Name)]
public sealed class ShortRunNotesTests : IDisposable
{
    private readonly TrainingBench _bench = new();   // 2 epochs of 4 steps

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Of_WarmupLongerThanTheRun_SaysHowFarTheRateRises() => Assert.Equal(
        [
            "schedule.warmupEpochs is 1, that is 4 steps, but the run has only 3: the learning rate rises to 50.0 % of its peak and no further. "
                + "Fine for a short try; else lower it, or raise trainer.maxSteps.",
        ],
        Notes("schedule.warmupEpochs=1", "trainer.maxSteps=3"));

    [Fact]
    public void Of_WarmupFromAShareOfThePeak_CountsItIn() => Assert.Contains(
        "rises to 62.5 % of its peak",   // 0.25 and half of the rest
        Assert.Single(Notes("schedule.warmupEpochs=1", "schedule.warmupStartRatio=0.25", "trainer.maxSteps=3")), StringComparison.Ordinal);

    [Theory]
    [InlineData(8, "schedule.warmupEpochs=2")]
    [InlineData(4, "schedule.warmupEpochs=2", "trainer.epochs=1")]
    public void Of_WarmupAsLongAsTheRun_IsToldWithItsLength(int steps, params string[] settings) =>
        Assert.Contains($"that is 8 steps, but the run has only {steps}", Assert.Single(Notes(settings)), StringComparison.Ordinal);

    [Fact]
    public void Of_MilestonesPastTheEnd_NamesThem() => Assert.Equal(
        ["schedule.milestones is [1, 2, 5], but the run ends after 2 epochs: the learning rate never falls at 2, 5. Fine for a short try; else "
            + "lower them, or raise trainer.epochs."],
        Notes("schedule.name=multistep", "schedule.milestones=[1, 2, 5]"));

    [Theory]
    [InlineData("schedule.warmupEpochs=1.75")]
    [InlineData("schedule.name=multistep", "schedule.milestones=[1]")]
    [InlineData("schedule.name=cosine", "schedule.milestones=[7]")]
    [InlineData("trainer.maxSteps=1")]
    public void Of_SettingsThatFit_IsSilent(params string[] settings) => Assert.Empty(Notes(settings));

    [Fact]
    public void LearningRate_WarmupLongerThanTheRun_IsTheBeginningOfTheWarmup()
    {
        using var driver = _bench.Driver(new(), "schedule.name=cosine", "schedule.warmupEpochs=2", "trainer.maxSteps=3");

        Assert.Equal([0, 0.0125, 0.025], new long[] { 0, 1, 2 }.Select(step => Math.Round(driver.LearningRateAt(step), 12)));   // 0.1 after 8 steps
    }

    private List<string> Notes(params string[] settings)
    {
        var configuration = _bench.Configuration(settings);
        var run = TrainingBench.Run(configuration);

        return [.. ShortRunNotes.Of(configuration, run, run.TotalSteps)];
    }
}
