using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Parallax.Host.Training;

/// <summary>The curves of a run in memory, for the picture at its end. Of a long run a point is the mean of some that follow each other: a picture has no
/// room for more.</summary>
/// <param name="before">The curves before the run was resumed; null at its beginning.</param>
internal sealed class RunCurves(IReadOnlyDictionary<string, CurveHistory>? before = null)
{
    private const int Width = 720, Height = 400;

    // Okabe and Ito: told apart by colour-blind readers too.
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

    private readonly Dictionary<string, (ThinnedSeries Steps, ThinnedSeries Values)> _curves = (before ?? new Dictionary<string, CurveHistory>()).ToDictionary(
        curve => curve.Key,
        curve => (new ThinnedSeries(curve.Value.Steps, curve.Value.StepThinning), new ThinnedSeries(curve.Value.Values, curve.Value.ValueThinning)));

    /// <summary>The curves so far: others that begin with them go on as these would.</summary>
    public IReadOnlyDictionary<string, CurveHistory> History => _curves.ToDictionary(curve => curve.Key, curve => new CurveHistory(
        [.. curve.Value.Steps.Means], [.. curve.Value.Values.Means], curve.Value.Steps.Thinning, curve.Value.Values.Thinning));

    public void Add(string name, long step, double value)
    {
        if (!_curves.TryGetValue(name, out var curve))
        {
            _curves[name] = curve = (new(), new());
        }

        curve.Steps.Add(step);
        curve.Values.Add(value);
    }

    /// <summary>The curves whose names begin alike (so share a unit), as SVG; values that are not finite leave gaps. Null when there are no curves.</summary>
    public string? ToSvg(string prefix)
    {
        List<LineSeries> curves = [.. _curves.Where(c => c.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(c => Line(c.Key, c.Value))];
        if (curves.Count == 0)
        {
            return null;
        }

        var chart = new PlotModel
        {
            Culture = CultureInfo.InvariantCulture,
            Background = OxyColors.White,
            DefaultFont = "sans-serif",
        };
        chart.Legends.Add(new Legend
        {
            LegendPlacement = LegendPlacement.Outside,
            LegendPosition = LegendPosition.TopLeft,
            LegendOrientation = LegendOrientation.Horizontal,
        });
        chart.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, MinorTickSize = 0, Title = "step" });
        chart.Axes.Add(new LinearAxis { Position = AxisPosition.Left, MinorTickSize = 0, MajorGridlineStyle = LineStyle.Dot });
        foreach (var (index, curve) in curves.Index())
        {
            curve.Color = OxyColor.Parse(Colours[index % Colours.Length]);
            chart.Series.Add(curve);
            if (Alone(curve.Points) is { Count: > 0 } alone)   // a line of one point cannot be seen
            {
                chart.Series.Add(new LineSeries
                {
                    ItemsSource = alone, LineStyle = LineStyle.None, MarkerType = MarkerType.Circle, MarkerFill = curve.Color,
                });
            }
        }

        return SvgExporter.ExportToString(chart, Width, Height, isDocument: true);
    }

    private static LineSeries Line(string name, (ThinnedSeries Steps, ThinnedSeries Values) curve)
    {
        var line = new LineSeries { Title = name };
        line.Points.AddRange(curve.Steps.Whole.Zip(curve.Values.Whole, (step, value) => new DataPoint(step, value)));

        return line;
    }

    // Points between gaps.
    private static List<DataPoint> Alone(List<DataPoint> points)
    {
        bool IsGap(int at) => at < 0 || at >= points.Count || !double.IsFinite(points[at].Y);

        return [.. points.Where((_, at) => !IsGap(at) && IsGap(at - 1) && IsGap(at + 1))];
    }
}
