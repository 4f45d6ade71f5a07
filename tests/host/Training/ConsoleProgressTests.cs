using Microsoft.Extensions.Time.Testing;
using Parallax.Host.Processes;
using Parallax.Host.Terminal;
using Parallax.Host.Tests.Terminal;
using Parallax.Host.Training;
using Spectre.Console.Testing;

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
    public void Show_NoTerminal_IsTheLineAndTheLastOne()
    {
        var progress = new ConsoleProgress(new(TextWriter.Null, _text, isTerminal: false), _time);

        using (progress.Live())
        {
            progress.Show("1/3 images  ETA 0:09", 1, 3);
            progress.Show("2/3 images", 2, 3);
            progress.Show("3/3 images", 3, 3);
            progress.ShowLive("nothing", 3, 3);
        }

        Assert.Equal(["1/3 images  ETA 0:09", "3/3 images"], Lines());
    }

    [Fact]
    public void Live_OnATerminal_ShowsBarNumbersCourseAndVerdict()
    {
        using var console = Terminal(width: 80);
        var progress = On(console);
        using var live = progress.Live();
        progress.OnStep(Report(10) with { Loss = 2 });
        progress.OnStep(Report(20) with { Remaining = TimeSpan.FromSeconds(3725) });
        progress.ShowVerdict(new(TrainingState.Saturated, "the loss stands", ""));

        _time.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Equal(
        [
            "━━━━━━━━━━━────────────────────────────────────────────────   20 %  ETA 1:02:04",
            "epoch 2/5  step 20/100  loss 1.2346  █▁",
            "lr 0.03  1,234 images/s  data 25 %  fwd 25 %  bwd 40 %  opt 10 %  limit: data",
            "saturated: the loss stands.",
        ], Seen(console, 80).Rows);
    }

    [Fact]
    public void Live_NarrowTerminal_BreaksBetweenNumbers()
    {
        using var console = Terminal(width: 40);
        var progress = On(console);
        using var live = progress.Live();
        progress.OnStep(Report(20) with { Remaining = TimeSpan.FromSeconds(60) });

        _time.Advance(TimeSpan.FromMilliseconds(250));

        Assert.Equal(
        [
            "━━━━──────────────────   20 %  ETA 0:59", "epoch 2/5  step 20/100  loss 1.2346", "lr 0.03  1,234 images/s  data 25 %",
            "fwd 25 %  bwd 40 %  opt 10 %", "limit: data",
        ], Seen(console, 40).Rows);
    }

    [Fact]
    public void Live_ManySteps_AreDrawnFourTimesASecond()
    {
        using var console = Terminal(width: 80);
        var progress = On(console);
        using var live = progress.Live();

        for (var step = 1; step <= 50; step++)
        {
            progress.OnStep(Report(step));
            _time.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal(4, console.Output.Split("epoch 2/5").Length - 1);
    }

    [Fact]
    public void Live_LinesMeanwhileAndItsEnd_LeaveTheLinesTheLastStepAndTheCursor()
    {
        using var console = Terminal(width: 200);
        var progress = On(console);
        using (progress.Live())
        {
            progress.OnStep(Report(1));
            _time.Advance(TimeSpan.FromSeconds(1));
            progress.WriteLine("epoch 1: knn-lightly accuracy 40.0 %");
            progress.OnStep(Report(2));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        progress.WriteLine("Done.");

        var seen = Seen(console, 200);
        Assert.Equal(["epoch 1: knn-lightly accuracy 40.0 %", ConsoleProgress.Format(Report(2)), "Done.", ""], seen.Rows);
        Assert.True(seen.HasCursor);
    }

    [Fact]
    public void Live_WithoutItsEnd_IsClosedByASignalThatEndsTheProgram()
    {
        using var console = Terminal(width: 80);
        var output = Output(console);
        using var signals = new StopSignals(output, _time, _ => { });
        var progress = new ConsoleProgress(output, _time);
        using var live = progress.Live();
        progress.OnStep(Report(1));
        _time.Advance(TimeSpan.FromSeconds(1));

        signals.Signal();
        _time.Advance(StopSignals.Usual);

        var seen = Seen(console, 80);
        Assert.Equal(["Stopped.", ""], seen.Rows);
        Assert.True(seen.HasCursor);
    }

    [Fact]
    public void Live_AFaultOfDrawing_GoesOnInPlainLines()
    {
        using var faulty = new FaultyWriter(new InvalidOperationException("No such column."));
        var progress = new ConsoleProgress(new(TextWriter.Null, _text, isTerminal: true, faulty.Screen), _time);
        using (progress.Live())
        {
            progress.OnStep(Report(1));
            _time.Advance(TimeSpan.FromSeconds(1));
            progress.OnStep(Report(2));
        }

        Assert.Equal(
            ["The progress cannot be drawn (No such column); lines tell it from here on.", ConsoleProgress.Format(Report(2))], Lines());
    }

    private static TestConsole Terminal(int width) => new TestConsole().EmitAnsiSequences().Width(width);

    private static CliOutput Output(TestConsole console) => new(TextWriter.Null, console.Profile.Out.Writer, isTerminal: true, () => console);

    private ConsoleProgress On(TestConsole console) => new(Output(console), _time);

    private static SeenTerminal Seen(TestConsole console, int width)
    {
        var seen = new SeenTerminal(width);
        seen.Write(console.Output);

        return seen;
    }

    private static StepReport Report(long step) => new(step, 100, 1, 5, 1.23456, 0.03, [], 1234.4, null, new(0.25, 0.25, 0.4, 0.1));

    private string[] Lines() => _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
