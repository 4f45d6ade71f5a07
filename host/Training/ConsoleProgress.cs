using System.Globalization;

namespace Parallax.Host.Training;

/// <summary>Shows a run on the terminal: one line that is rewritten, or plain lines when the output goes to a file.</summary>
internal sealed class ConsoleProgress(CliOutput output, TimeProvider time)
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(15);
    private long _lastPlain;
    private int _lineLength, _waiting;

    public void OnStep(StepReport report)
    {
        AdviseOnData(report.Split);
        Show(Format(report), isLast: report.Step == report.TotalSteps);
    }

    /// <summary>Shows how far something has come.</summary>
    /// <param name="line">In a line.</param>
    /// <param name="isLast">Whether it is done.</param>
    public void Show(string line, bool isLast)
    {
        if (output.IsTerminal)
        {
            output.ErrorOut.Write("\r" + line.PadRight(_lineLength));
            _lineLength = line.Length;
            return;
        }

        var now = time.GetTimestamp();
        if (_lastPlain == 0 || isLast || time.GetElapsedTime(_lastPlain, now) >= PlainInterval)
        {
            output.ErrorOut.WriteLine(line);
            _lastPlain = now;
        }
    }

    // Once in a run, and not at its very beginning, where nothing is made ahead yet.
    private void AdviseOnData(TimeSplit split)
    {
        const int reports = 3;
        _waiting = split.Limit == Phase.Data || _waiting > reports ? _waiting + 1 : 0;
        if (_waiting == reports)
        {
            _waiting++;
            WriteLine(string.Create(CultureInfo.InvariantCulture, $"Data limit: of the last steps, {split.Data:P0} of the time was spent waiting for images. "
                + $"Raise trainer.workers where cores are idle. Where images are files, 'parallax pack --decoded' keeps their pixels (docs/data.md)."));
        }
    }

    /// <summary>A line of its own, above the progress line.</summary>
    public void WriteLine(string message)
    {
        if (_lineLength > 0)
        {
            output.ErrorOut.Write("\r" + new string(' ', _lineLength) + "\r");
            _lineLength = 0;
        }

        output.ErrorOut.WriteLine(message);
    }

    internal static string Format(StepReport report)
    {
        var text = string.Create(CultureInfo.InvariantCulture,
            $"epoch {report.Epoch + 1}/{report.Epochs}  step {report.Step}/{report.TotalSteps}  loss {report.Loss:F4}  lr {report.LearningRate:G3}  "
                + $"{report.ImagesPerSecond:N0} images/s  {report.Split}");

        return report.Remaining is { } left ? $"{text}  ETA {FormatDuration(left)}" : text;
    }

    internal static string FormatDuration(TimeSpan time) =>
        time.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}")
            : $"{time.Minutes}:{time.Seconds:D2}";
}
