using System.Globalization;
using Parallax.Host.Data;
using Spectre.Console;

namespace Parallax.Host.Training;

/// <summary>Shows how far a run has come: in the last lines of a terminal, which are drawn anew, or in plain lines elsewhere.</summary>
internal sealed class ConsoleProgress(CliOutput output, TimeProvider time)
{
    private const string Gap = "  ";
    private const int CourseWidth = 16;
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);

    private readonly LineLimit _plain = new(time);
    private Sparkline _losses = new(CourseWidth);
    private volatile Shown? _shown;   // replaced as a whole: who trains does not wait for who draws
    private volatile Verdict? _verdict;
    private ITimer? _drawing;
    private int _waiting;

    /// <summary>From here on the terminal, where there is one, shows what is going on; until the result is disposed, which leaves the last of it in a
    /// line.</summary>
    public IDisposable Live()
    {
        (_shown, _verdict, _losses) = (null, null, new(CourseWidth));
        _drawing = output.Region.Open() ? time.CreateTimer(_ => TryDraw(), null, Refresh, Refresh) : null;

        return new Showing(this);
    }

    public void OnStep(StepReport report)
    {
        AdviseOnData(report);
        _losses.Add(report.Loss);
        var numbers = Numbers(report);
        Show(new(Format(report), (double)report.Step / report.TotalSteps, [[.. numbers[..3], $"{_losses}"], [.. numbers[3..], .. report.Split.Parts()]],
            report.Remaining, time.GetTimestamp()));
    }

    /// <summary>What is said of the training from now on.</summary>
    public void ShowVerdict(Verdict? verdict) => _verdict = verdict;

    /// <summary>Shows how far something has come.</summary>
    /// <param name="line">In a line, its parts with two blanks between them.</param>
    /// <param name="done">What is done.</param>
    /// <param name="all">What there is to do.</param>
    public void Show(string line, long done, long all) => Show(new(line, (double)done / all, [line.Split(Gap)], null, time.GetTimestamp()));

    /// <summary>The same on a terminal only: elsewhere other lines tell it.</summary>
    /// <inheritdoc cref="Show(string, long, long)" path="/param"/>
    public void ShowLive(string line, long done, long all)
    {
        if (_drawing is not null)
        {
            Show(line, done, all);
        }
    }

    private void Show(Shown shown)
    {
        _shown = shown;
        if (_drawing is null && _plain.Takes(isLast: shown.Share >= 1))
        {
            output.Error(shown.Line);
        }
    }

    // Once in a run, and not at its very beginning, where nothing is made ahead yet.
    private void AdviseOnData(StepReport report)
    {
        const int reports = 3;
        var split = report.Split;
        _waiting = split.Limit == Phase.Data || _waiting > reports ? _waiting + 1 : 0;
        if (_waiting == reports)
        {
            _waiting++;
            var noun = SampleNoun.Of(report.AreVideos);
            WriteLine(string.Create(CultureInfo.InvariantCulture, $"Data limit: of the last steps, {split.Data:P0} of the time was spent waiting for {noun}. "
                + $"Raise trainer.workers where cores are idle. Where {noun} are files, 'parallax pack --decoded' keeps their pixels (docs/data.md)."));
        }
    }

    /// <summary>A line of its own, above what is drawn.</summary>
    public void WriteLine(string message) => output.Error(message);

    internal static string Format(StepReport report)
    {
        var text = string.Join(Gap, Numbers(report).Append($"{report.Split}"));

        return report.Remaining is { } left ? $"{text}{Gap}ETA {FormatDuration(left)}" : text;
    }

    internal static string FormatDuration(TimeSpan time) =>
        time.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}")
            : $"{time.Minutes}:{time.Seconds:D2}";

    private static string[] Numbers(StepReport report) =>
    [
        $"epoch {report.Epoch + 1}/{report.Epochs}", $"step {report.Step}/{report.TotalSteps}", FormattableString.Invariant($"loss {report.Loss:F4}"),
        FormattableString.Invariant($"lr {report.LearningRate:G3}"), SpeedText.Of(report.ImagesPerSecond, report.AreVideos),
    ];

    private void Draw()
    {
        if (_shown is not { } shown)
        {
            return;
        }

        var left = shown.Remaining - time.GetElapsedTime(shown.When);
        var beside = string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * shown.Share),3} %")
            + (left is { } remaining ? $"  ETA {FormatDuration(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero)}" : "");
        output.Region.Draw(new ProgressView(shown.Share, beside, shown.Groups) { Remark = $"{_verdict}", RemarkColour = ColourOf(_verdict) });
    }

    // From a timer, where a fault would end the program: what cannot be drawn is told in plain lines.
    private void TryDraw()
    {
        try
        {
            Draw();
        }
        catch (Exception e)
        {
            TryClose();
            output.Error($"The progress cannot be drawn ({e.Message.Split('\n')[0].Trim().TrimEnd('.')}); lines tell it from here on.");
        }
    }

    private static Color ColourOf(Verdict? verdict) => verdict?.State switch
    {
        TrainingState.Learning => Color.Green,
        TrainingState.Saturated => Color.Yellow,
        null => Color.Default,
        _ => Color.Red,
    };

    private void End()
    {
        if (StopDrawing() && _shown is { } last)
        {
            output.Error(last.Line);
        }
    }

    private void TryClose()
    {
        try
        {
            StopDrawing();
        }
        catch (Exception)
        {
            // What cannot be drawn may not be removed either; from here on nothing is drawn.
        }
    }

    // False when it was stopped before, or never begun.
    private bool StopDrawing()
    {
        if (Interlocked.Exchange(ref _drawing, null) is not { } drawing)
        {
            return false;
        }

        drawing.Dispose();
        output.Region.Close();

        return true;
    }

    /// <summary>What is shown.</summary>
    /// <param name="Line">In a line.</param>
    /// <param name="Share">What is done, a fraction in [0, 1].</param>
    /// <param name="Groups">The same in parts.</param>
    /// <param name="Remaining">Time to the end; null where it is unknown, or among the parts.</param>
    /// <param name="When">When it was so.</param>
    private sealed record Shown(string Line, double Share, IReadOnlyList<IReadOnlyList<string>> Groups, TimeSpan? Remaining, long When);

    private sealed class Showing(ConsoleProgress progress) : IDisposable
    {
        public void Dispose() => progress.End();
    }
}
