using Parallax.Host.Reports;
using Parallax.Host.Tracking;

namespace Parallax.Host.Watching;

/// <summary>Charts of runs. Their curves are read again, and drawn, when they have grown. Not thread-safe; a chart is.</summary>
internal sealed class CurveCache
{
    private const long MostPoints = 2_000_000;
    private readonly OrderedDictionary<(string RunId, string Key), Curve> _curves = [];   // the first read first

    /// <summary>The chart of a metric by step, drawn when it is first asked for. Of a step that a resumed run trained again, the later value counts.</summary>
    /// <param name="reader">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="key">The metric.</param>
    /// <param name="draw">Draws the chart; null for none.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<Lazy<Fragment?>> ReadAsync(
        RunReader reader, StoredRun run, string key, Func<IReadOnlyList<ChartPoint>, Fragment?> draw, CancellationToken cancellation)
    {
        var last = run.Metrics[key];
        if (_curves.TryGetValue((run.RunId, key), out var known) && known.Last.Equals(last))
        {
            return known.Chart;
        }

        var history = await reader.HistoryAsync(run.RunId, key, cancellation);
        ChartPoint[] points = [.. history.GroupBy(point => point.Step).Select(same => new ChartPoint(same.Key, same.Last().Value)).OrderBy(point => point.X)];
        var curve = _curves[(run.RunId, key)] = new(last, points.Length, new(() => draw(points)));
        while (_curves.Count > 1 && _curves.Values.Sum(kept => (long)kept.Points) > MostPoints)
        {
            _curves.RemoveAt(0);
        }

        return curve.Chart;
    }

    // The text of a chart grows with its points.
    private sealed record Curve(MetricPoint Last, int Points, Lazy<Fragment?> Chart);
}
