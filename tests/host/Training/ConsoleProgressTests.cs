using Microsoft.Extensions.Time.Testing;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class ConsoleProgressTests : IDisposable
{
    private readonly StringWriter _text = new() { NewLine = "\n" };
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _text.Dispose();

    [Fact]
    public void Format_FullReport_ShowsPlaceLossSpeedSplitAndRest()
    {
        var report = Report(step: 20) with { Remaining = TimeSpan.FromSeconds(3725) };

        var line = ConsoleProgress.Format(report);

        Assert.Equal("epoch 2/5  step 20/100  loss 1.2346  lr 0.03  1,234 images/s  data 25 % fwd 25 % bwd 40 % opt 10 % (limit: data)  ETA 1:02:05", line);
    }

    [Fact]
    public void Format_NothingToEstimateFrom_HasNoEta() => Assert.DoesNotContain("ETA", ConsoleProgress.Format(Report(step: 1)), StringComparison.Ordinal);

    [Theory]
    [InlineData(5, "0:05")]
    [InlineData(65, "1:05")]
    [InlineData(3600, "1:00:00")]
    [InlineData(100000, "27:46:40")]
    public void FormatDuration_Seconds_ReadsLikeAClock(double seconds, string expected) =>
        Assert.Equal(expected, ConsoleProgress.FormatDuration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void OnStep_NoTerminal_WritesALineEvery15SecondsAndTheLast()
    {
        var progress = new ConsoleProgress(new(TextWriter.Null, _text, isTerminal: false), _time);

        foreach (var step in new long[] { 1, 2, 3, 100 })
        {
            progress.OnStep(Report(step));
            _time.Advance(TimeSpan.FromSeconds(8));
        }

        Assert.Equal(["step 1/100", "step 3/100", "step 100/100"], Lines().Where(line => line.Contains("  ", StringComparison.Ordinal))
            .Select(line => line.Split("  ")[1]));
    }

    [Fact]
    public void Say_DuringProgressOnATerminal_ClearsTheLineFirst()
    {
        var progress = new ConsoleProgress(new(TextWriter.Null, _text, isTerminal: true), _time);
        progress.OnStep(Report(1));
        var length = _text.ToString().Length - 1;

        progress.WriteLine("Done.");

        Assert.EndsWith("\r" + new string(' ', length) + "\rDone.\n", _text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OnStep_ShorterLineOnATerminal_CoversTheLongerOne()
    {
        var progress = new ConsoleProgress(new(TextWriter.Null, _text, isTerminal: true), _time);
        progress.OnStep(Report(1) with { Remaining = TimeSpan.FromHours(1) });
        var length = _text.ToString().Length;

        progress.OnStep(Report(2));

        Assert.Equal(2 * length, _text.ToString().Length);
    }

    private static StepReport Report(long step) => new(step, 100, 1, 5, 1.23456, 0.03, [], 1234.4, null, new(0.25, 0.25, 0.4, 0.1));

    private string[] Lines() => _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
