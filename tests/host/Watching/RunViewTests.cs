using Parallax.Host.Tracking;
using Parallax.Host.Watching;

namespace Parallax.Host.Tests.Watching;

public sealed class RunViewTests
{
    private const long Start = 1_000_000;
    private static readonly DateTimeOffset Started = DateTimeOffset.FromUnixTimeMilliseconds(Start);

    [Fact]
    public void Left_StepsBatchAndSpeed_IsTheirTime()
    {
        var run = Run(step: 50, steps: "200");

        Assert.Equal(TimeSpan.FromSeconds(24), run.Left);   // 150 steps of 16 images at 100 images/s
        Assert.Equal(0.25, run.Share);
    }

    [Theory]
    [InlineData("FINISHED", "200")]
    [InlineData("RUNNING", null)]
    [InlineData("RUNNING", "many")]
    public void Left_OverOrOfUnknownLength_IsNotTold(string status, string? steps) => Assert.Null(Run(status, 50, steps).Left);

    [Fact]
    public void TotalSteps_WithoutTheTag_IsTheLimitOfTheRecipe()
    {
        var run = new RunView(Run(step: 50, steps: null).Run with { Params = new Dictionary<string, string> { ["trainer.maxSteps"] = "100" } });

        Assert.Equal(0.5, run.Share);
    }

    [Fact]
    public void Verdicts_Tags_AreInOrderOfTheirSteps()
    {
        var tags = new Dictionary<string, string>
        {
            ["parallax.verdict.at.90"] = "learning: a", ["parallax.verdict.at.1000"] = "saturated: b", ["parallax.verdict.at.x"] = "of another program",
        };
        var run = new RunView(Run(step: 50, steps: null).Run with { Tags = tags });

        Assert.Equal([new(1000, "saturated: b"), new(90, "learning: a")], run.Verdicts);
    }

    [Fact]
    public void SilentSince_FiveMinutesWithoutAWord_IsThen()
    {
        var run = Run(step: 50, steps: "200");

        Assert.Null(run.SilentSince(Started.AddMinutes(6)));
        Assert.Equal(Started.AddMinutes(1), run.SilentSince(Started.AddMinutes(7)));
        Assert.Null(Run("KILLED", 50, "200").SilentSince(Started.AddMinutes(7)));
    }

    [Theory]
    [InlineData(long.MaxValue, 9999)]
    [InlineData(long.MinValue, 1)]
    public void Start_TimeThatNoCalendarHas_IsAtItsEnd(long milliseconds, int year)
    {
        var run = new RunView(Run().Run with { StartTime = milliseconds, EndTime = milliseconds });

        Assert.Equal((year, year), (run.Start.Year, run.End!.Value.Year));
        Assert.Null(new RunView(run.Run with { StartTime = long.MaxValue }).SilentSince(Started));
    }

    [Theory]
    [InlineData(59, "less than a minute")]
    [InlineData(90, "2 min")]
    [InlineData(3_600, "1 h 0 min")]
    [InlineData(100_000, "1 d 3 h")]
    public void Left_InWords_IsAsExactAsItCanBe(int seconds, string expected) => Assert.Equal(expected, WatchText.Left(TimeSpan.FromSeconds(seconds)));

    private static RunView Run(string status = "RUNNING", long step = 0, string? steps = null) =>
        new(new("0123456789abcdef", "1", "name", status, Start, null, "", false)
        {
            Metrics = new Dictionary<string, MetricPoint>
            {
                ["train/loss"] = new("train/loss", 1, Start + 60_000, step), ["speed/images_per_second"] = new("speed/images_per_second", 100, Start, step),
            },
            Params = new Dictionary<string, string> { ["trainer.batchSize"] = "16" },
            Tags = steps is null ? new Dictionary<string, string>() : new() { ["parallax.steps"] = steps },
        });
}
