using System.Globalization;
using System.Net;
using System.Text;

namespace Parallax.Host.Tracking;

/// <summary>Draws curves as an SVG picture that browsers, and MLflow's page of a run, show.</summary>
internal static class CurveChart
{
    private const int Width = 720, Height = 400, Left = 64, Right = 16, Top = 36, Bottom = 40;
    private const int PlotWidth = Width - Left - Right;
    private const int TicksWanted = 6, LegendColumns = 4, LegendRow = 16;
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];   // Okabe and Ito: told apart by colour-blind readers too

    /// <summary>The picture.</summary>
    /// <param name="curves">Curves, in the order of the legend.</param>
    /// <param name="isLogarithmic">The vertical axis counts in powers of ten; values at or below zero leave gaps.</param>
    public static string Write(IReadOnlyList<Curve> curves, bool isLogarithmic = false)
    {
        var visible = curves.SelectMany(c => c.Points).Where(p => IsVisible(p.Value, isLogarithmic)).ToList();
        var steps = AxisScale.Linear(visible.Select(p => (double)p.Step), TicksWanted);
        var values = isLogarithmic ? AxisScale.Logarithmic(visible.Select(p => p.Value)) : AxisScale.Linear(visible.Select(p => p.Value), TicksWanted);
        var top = Top + (Math.Max(0, (curves.Count - 1) / LegendColumns) * LegendRow);
        var plotHeight = Height - top - Bottom;
        double X(double step) => Left + (steps.Fraction(step) * PlotWidth);
        double Y(double value) => top + ((1 - values.Fraction(value)) * plotHeight);

        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add(svg, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        foreach (var tick in values.Ticks)
        {
            Add(svg, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):0.#}\" y2=\"{Y(tick):0.#}\" stroke=\"#dddddd\"/>");
            Add(svg, $"<text x=\"{Left - 6}\" y=\"{Y(tick) + 4:0.#}\" text-anchor=\"end\">{tick:G4}</text>");
        }

        foreach (var tick in steps.Ticks)
        {
            Add(svg, $"<line x1=\"{X(tick):0.#}\" x2=\"{X(tick):0.#}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 4}\" stroke=\"#888888\"/>");
            Add(svg, $"<text x=\"{X(tick):0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{tick:0.###}</text>");
        }

        Add(svg, $"<text x=\"{Left + (PlotWidth / 2)}\" y=\"{Height - 6}\" text-anchor=\"middle\">step</text>");
        Add(svg, $"<rect x=\"{Left}\" y=\"{top}\" width=\"{PlotWidth}\" height=\"{plotHeight}\" fill=\"none\" stroke=\"#888888\"/>");
        for (var i = 0; i < curves.Count; i++)
        {
            Add(svg, $"<path d=\"{Path(curves[i], isLogarithmic, X, Y)}\" fill=\"none\" stroke=\"{Colour(i)}\" stroke-width=\"1.5\" stroke-linecap=\"round\"/>");
            AddLegend(svg, curves[i].Name, i);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void AddLegend(StringBuilder svg, string name, int index)
    {
        var x = Left + (index % LegendColumns * (PlotWidth / LegendColumns));
        var y = 20 + (index / LegendColumns * LegendRow);
        Add(svg, $"<line x1=\"{x}\" x2=\"{x + 18}\" y1=\"{y - 4}\" y2=\"{y - 4}\" stroke=\"{Colour(index)}\" stroke-width=\"3\"/>");
        Add(svg, $"<text x=\"{x + 24}\" y=\"{y}\">{WebUtility.HtmlEncode(name)}</text>");
    }

    private static string Path(Curve curve, bool isLogarithmic, Func<double, double> x, Func<double, double> y)
    {
        var path = new StringBuilder();
        var isPenDown = false;
        foreach (var (step, value) in curve.Points)
        {
            var isVisible = IsVisible(value, isLogarithmic);
            if (isVisible)
            {
                // "h0" draws a dot, so that a single point is seen too.
                path.Append(CultureInfo.InvariantCulture, $"{(isPenDown ? "L" : "M")}{x(step):0.##} {y(value):0.##}{(isPenDown ? "" : "h0")}");
            }

            isPenDown = isVisible;
        }

        return path.ToString();
    }

    private static string Colour(int index) => Colours[index % Colours.Length];

    private static bool IsVisible(double value, bool isLogarithmic) => double.IsFinite(value) && (!isLogarithmic || value > 0);

    private static void Add(StringBuilder svg, FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
