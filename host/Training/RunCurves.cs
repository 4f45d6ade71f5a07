using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Parallax.Host.Training;

/// <summary>The curves of a run in memory, for the picture at its end.</summary>
internal sealed class RunCurves
{
    private const int Width = 720, Height = 400;

    // Okabe and Ito: told apart by colour-blind readers too.
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

    private readonly Dictionary<string, LineSeries> _curves = [];

    public void Add(string name, long step, double value)
    {
        if (!_curves.TryGetValue(name, out var curve))
        {
            _curves[name] = curve = new LineSeries { Title = name };
        }

        curve.Points.Add(new DataPoint(step, value));
    }

    /// <summary>The curves whose names begin alike (so share a unit), as SVG; values that are not finite leave gaps. Null when there are no curves.</summary>
    public string? ToSvg(string prefix)
    {
        List<LineSeries> curves = [.. _curves.Where(c => c.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(c => c.Value)];
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

        var svg = SvgExporter.ExportToString(chart, Width, Height, isDocument: true);
        chart.Series.Clear();   // a series belongs to one chart at a time
        return svg;
    }

    // Points between gaps.
    private static List<DataPoint> Alone(List<DataPoint> points)
    {
        bool IsGap(int at) => at < 0 || at >= points.Count || !double.IsFinite(points[at].Y);

        return [.. points.Where((_, at) => !IsGap(at) && IsGap(at - 1) && IsGap(at + 1))];
    }
}
