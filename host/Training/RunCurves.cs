using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>The curves of a run in memory, for the picture at its end.</summary>
internal sealed class RunCurves
{
    private readonly Dictionary<string, List<(long Step, double Value)>> _curves = [];

    public void Add(string name, long step, double value)
    {
        if (!_curves.TryGetValue(name, out var points))
        {
            _curves[name] = points = [];
        }

        points.Add((step, value));
    }

    /// <summary>The curves whose names begin alike (so share a unit), as SVG; null when there are none.</summary>
    public string? ToSvg(string prefix)
    {
        List<Curve> curves = [.. _curves.Where(c => c.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(c => new Curve(c.Key, c.Value))];

        return curves.Count == 0 ? null : CurveChart.Write(curves);
    }
}
