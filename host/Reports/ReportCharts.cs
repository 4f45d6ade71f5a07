using System.Globalization;
using Parallax.Host.Tracking;

namespace Parallax.Host.Reports;

/// <summary>The curves of runs that a report shows: a chart for each, with a line for each run.</summary>
internal static class ReportCharts
{
    /// <summary>Where the accuracies begin that were measured during training.</summary>
    public const string OnlinePrefix = "online/";

    // Metric, title and unit, in the order of the page.
    private static readonly (string Key, string Title, string Unit)[] Known =
    [
        ("train/loss", "Loss", "loss"),
        ("train/learning_rate", "Learning rate", "learning rate"),
        ("train/embedding/spread", "Spread of the embeddings", "1 fills the sphere, 0 is one point"),
        ("train/embedding/effective_rank", "Effective rank of the embeddings", "directions in use"),
        ("train/embedding/uniformity", "Uniformity of the embeddings", "lower is more even"),
        ("train/embedding/alignment", "Alignment of the embeddings", "squared distance to the positive"),
        ("train/targets/usage", "Share of the targets in use", "fraction"),
        ("train/targets/entropy", "Entropy of the targets", "fraction of the largest"),
    ];

    /// <summary>Whether a metric has a chart.</summary>
    public static bool IsShown(string metric) => metric.StartsWith(OnlinePrefix, StringComparison.Ordinal) || Known.Any(known => known.Key == metric);

    /// <summary>Title and unit of a metric's chart; of one that is not known, its name.</summary>
    public static (string Title, string Unit) NamesOf(string metric) =>
        Known.Where(known => known.Key == metric).Select(known => (known.Title, known.Unit)).DefaultIfEmpty((metric, "")).First();

    /// <summary>The charts of runs.</summary>
    public static IEnumerable<Html> Of(IReadOnlyList<ReportedRun> runs)
    {
        foreach (var (at, (key, title, unit)) in Known.Index())
        {
            if (runs.Any(run => run.Curves.ContainsKey(key)))
            {
                var series = runs.Where(run => run.Curves.ContainsKey(key))
                    .Select(run => new ChartSeries(run.Name, Points(run.Curves[key], point => point.Step)));

                yield return ChartFigure.Render(new(string.Create(CultureInfo.InvariantCulture, $"curve-{at}"), title) { Unit = unit }, [.. series]);
            }
        }

        if (Online(runs) is { } online)
        {
            yield return online;
        }
    }

    // By epochs where all runs say how long theirs are, so that runs of other batch sizes can be compared.
    private static Html? Online(IReadOnlyList<ReportedRun> runs)
    {
        List<(ReportedRun Run, string Key)> curves = [.. runs.SelectMany(run => run.Curves.Keys.Where(IsOnline).Order().Select(key => (run, key)))];
        if (curves.Count == 0)
        {
            return null;
        }

        var hasEpochs = curves.All(curve => curve.Run.Features is not null);
        var series = curves.Select(curve => new ChartSeries(
            $"{curve.Run.Name}: {curve.Key[OnlinePrefix.Length..]}",
            Points(curve.Run.Curves[curve.Key], point => hasEpochs ? (double)point.Step / curve.Run.Features!.StepsPerEpoch : point.Step)));

        return ChartFigure.Render(
            new("curve-online", "Accuracy during training") { Unit = "accuracy, a fraction", XName = hasEpochs ? "epoch" : "step" }, [.. series]);
    }

    private static bool IsOnline(string metric) => metric.StartsWith(OnlinePrefix, StringComparison.Ordinal);

    // A resumed run may have logged a step twice: the later value counts.
    private static IReadOnlyList<ChartPoint> Points(IReadOnlyList<MetricPoint> curve, Func<MetricPoint, double> position) =>
        [.. curve.GroupBy(point => point.Step).OrderBy(step => step.Key).Select(step => step.MaxBy(point => point.Timestamp)!)
            .Select(point => new ChartPoint(position(point), point.Value))];
}
