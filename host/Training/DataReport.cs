using System.Globalization;
using Parallax.Host.Data;

namespace Parallax.Host.Training;

/// <summary>Shows what a run learns from: one line at its start, so that a misread folder shows before hours are spent on it.</summary>
internal sealed class DataReport(ConsoleProgress progress)
{
    private string? _shown;

    /// <summary>Shows the line of the training split, unless it is the one that was shown last.</summary>
    /// <param name="data">What is learned from.</param>
    public void Write(IImageDataset data)
    {
        var line = Line(data.Info, data is IVideoDataset);
        if (line != _shown)
        {
            progress.WriteLine(line);
            _shown = line;
        }
    }

    internal static string Line(DatasetInfo data, bool areVideos)
    {
        var samples = string.Create(CultureInfo.InvariantCulture, $"{data.Count} {SampleNoun.Of(areVideos, data.Count)}");
        var classes = data.Classes.Count switch { 0 => "without classes", 1 => "in 1 class", var several => $"in {several} classes" };
        var layout = data.Layout is null ? "" : $" ({data.Layout})";
        var leftOut = data.LeftOut.Count > 0 ? $"; left out: {string.Join(", ", data.LeftOut)}" : data.Layout is null ? "" : "; nothing left out";

        return $"Data: {samples} {classes}, training split of '{data.Location}'{layout}{leftOut}.";
    }
}
