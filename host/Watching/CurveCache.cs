using Parallax.Host.Reports;
using Parallax.Host.Tracking;

namespace Parallax.Host.Watching;

/// <summary>Curves of runs, which are read again when they have grown. Not thread-safe.</summary>
internal sealed class CurveCache
{
    private const int MostCurves = 1000;
    private readonly Dictionary<(string RunId, string Key), (MetricPoint Last, IReadOnlyList<ChartPoint> Points)> _curves = [];

    /// <summary>The points of a metric by step. Of a step that a resumed run trained again, the later value counts.</summary>
    public async Task<IReadOnlyList<ChartPoint>> ReadAsync(RunReader reader, StoredRun run, string key, CancellationToken cancellation)
    {
        var last = run.Metrics[key];
        if (_curves.TryGetValue((run.RunId, key), out var known) && known.Last.Equals(last))
        {
            return known.Points;
        }

        var history = await reader.HistoryAsync(run.RunId, key, cancellation);
        ChartPoint[] points = [.. history.GroupBy(point => point.Step).Select(same => new ChartPoint(same.Key, same.Last().Value)).OrderBy(point => point.X)];
        if (_curves.Count >= MostCurves)
        {
            _curves.Clear();
        }

        _curves[(run.RunId, key)] = (last, points);

        return points;
    }
}
