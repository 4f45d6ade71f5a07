using System.Globalization;
using System.Text;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Host.Experiments;

namespace Parallax.Host.Leaderboards;

/// <summary>Fits what the section <c>fit</c> of a leaderboard asks for.</summary>
internal sealed class ScalingFits(ExperimentFactory experiments)
{
    private static readonly string[] Parts = ["data.share", "data.shareSeed", "data.longTail"];

    /// <summary>The fits, by series and protocol; null where the leaderboard asks for none. What cannot be fitted is left out.</summary>
    public IReadOnlyList<ScalingFit>? Of(LeaderboardFile board, IReadOnlyList<EntryResult> results)
    {
        if (board.Options.Fit is not { } fit)
        {
            return null;
        }

        var names = fit.Series.SelectMany(series => series.Entries).ToHashSet();
        var images = Images([.. board.Entries.Where(row => names.Contains(row.Name)).DistinctBy(row => row.Name)]);
        var protocols = fit.Protocols.Count > 0 ? fit.Protocols : [.. board.Entries.SelectMany(row => row.Configuration.Evaluation.Protocols).Distinct()];

        return [.. fit.Series.SelectMany(_ => protocols, (series, protocol) => ScalingFit.Of(series, protocol, images, results)).OfType<ScalingFit>()];
    }

    /// <summary>The fits as a Markdown table; nothing where there are none.</summary>
    public static string Write(IReadOnlyList<ScalingFit>? fits)
    {
        if (fits is not { Count: > 0 })
        {
            return "";
        }

        var text = new StringBuilder("""

            ## Number of training images

            Number = a + b log10(images) by least squares through the means of the seeds; b is what ten times as many images add. In brackets 95 % intervals
            over the seeds. Residuals are from few images to many. The last two columns leave out the entry with the most images and say how far above its
            number the line puts it, and the power law 1 - number = c images^-d. All in points of a hundred.

            | | protocol | images | a | b | R² | residuals | line | power law |
            |---|---|---|---|---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var fit in fits)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {fit.Series} | {fit.Protocol} | {fit.Points[0].Images:N0} to {fit.Points[^1].Images:N0} | "
                + $"{100 * fit.A:F1}{Between(fit.AInterval)} | {Signed(fit.B)}{Between(fit.BInterval)} | {fit.RSquared:F2} | "
                + $"{string.Join(", ", fit.Points.Select(point => Signed(point.Residual)))} | {Signed(fit.LeftOutByLine)} | "
                + $"{(fit.LeftOutByPowerLaw is { } power ? Signed(power) : "–")} |\n");
        }

        return text.ToString();
    }

    // A share of the whole: whatever entries have in common is opened once.
    private Dictionary<string, int> Images(IReadOnlyList<LeaderboardFile.Row> rows)
    {
        var images = new Dictionary<string, int>();
        foreach (var alike in rows.GroupBy(row => Whole(row.Configuration)))
        {
            using var whole = experiments.Open(alike.First().Configuration, DatasetSplit.Train);
            foreach (var row in alike)
            {
                images[row.Name] = (int)TrainingShare.Of(whole, row.Configuration.Data).Info.Count;
            }
        }

        return images;
    }

    private static string Whole(ResolvedConfiguration configuration) => string.Join('\n', configuration.Flatten()
        .Where(pair => pair.Key.StartsWith("data.", StringComparison.Ordinal) && !Parts.Contains(pair.Key)).Select(pair => $"{pair.Key}={pair.Value}"));

    private static string Between(SeedInterval? interval) =>
        interval is null ? "" : FormattableString.Invariant($" [{100 * interval.Low:F1}, {100 * interval.High:F1}]");

    private static string Signed(double fraction) => (100 * fraction).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
}
