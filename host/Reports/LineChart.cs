using System.Globalization;
using System.Text;

namespace Parallax.Host.Reports;

/// <summary>Draws curves as SVG for a page with <see cref="PageStyle"/>, which gives the colours; the curves differ in dashes, too.</summary>
/// <remarks>The colours follow the reader's scheme and the text is named for screen readers, which charts of OxyPlot's exporter are not.</remarks>
internal static class LineChart
{
    /// <summary>Size of the drawing.</summary>
    public const int Width = 480, Height = 264;

    /// <summary>Where the curves are drawn, in the units of the drawing; further right where the values have long names.</summary>
    public const int Left = 60, Right = 460, Top = 24, Bottom = 224;

    private const int Colours = 6, Dashes = 5;   // as many as the style sheet has
    private const double DotRadius = 3;
    private const int UnitBaseline = 16, TickBaseline = Bottom + 18, NameBaseline = Bottom + 36, TickGap = 8, HalfOfADigit = 4;
    private const int Letter = 10;   // width of one, in the larger letters of narrow screens

    /// <summary>The classes that give a curve its colour and its dashes.</summary>
    public static string ClassOf(int curve) => string.Create(CultureInfo.InvariantCulture, $"c{curve % Colours} d{curve % Dashes}");

    /// <summary>Draws curves.</summary>
    /// <param name="options">What the chart says beside them.</param>
    /// <param name="series">The curves; without any the chart says that there are no values.</param>
    /// <returns>An <c>svg</c> element.</returns>
    public static Html Render(ChartOptions options, IReadOnlyList<ChartSeries> series)
    {
        var shown = series.SelectMany(curve => curve.Points).Where(point => IsShown(point, options)).ToList();
        var x = ChartAxis.Exact([.. shown.Select(point => point.X)]);
        double[] values = [.. shown.Select(point => point.Y)];
        var y = options.IsLogarithmic ? ChartAxis.Logarithmic(values) : ChartAxis.Round(values);
        var longest = shown.Count == 0 ? 0 : y.Ticks.Max(tick => y.Name(tick).Length);
        var field = new Field(x, y, Math.Max(Left, TickGap + (Letter * longest)));
        var curves = series.Select((curve, at) => Curve(curve, ClassOf(at), point => IsShown(point, options), field));
        var (middle, centre) = ((Left + Right) / 2, (Top + Bottom) / 2);
        var axes = shown.Count == 0 ? Html.Of($"""<text x="{middle}" y="{centre}" text-anchor="middle">no values</text>""")
            : Html.Join(y.Ticks.Select(tick => Level(field, tick)).Concat(x.Ticks.Select(tick => Mark(field, tick))));

        return Html.Of($"""
            <svg class="chart" id="{options.Id}" viewBox="0 0 {Width} {Height}" role="img" aria-labelledby="{options.Id}-title {options.Id}-desc">
            <title id="{options.Id}-title">{options.Title}</title>
            <desc id="{options.Id}-desc">{Description(options, series)}</desc>
            {axes}
            <text x="{field.Left}" y="{UnitBaseline}">{options.Unit}</text>
            <text x="{Right}" y="{NameBaseline}" text-anchor="end">{options.XName}</text>
            {Html.Join(curves)}
            </svg>
            """);
    }

    /// <summary>The curves in words: how many values, from which to which, the smallest and the largest.</summary>
    public static string Description(ChartOptions options, IReadOnlyList<ChartSeries> series)
    {
        var sentences = series.Select(curve => (curve.Name, Points: curve.Points.Where(point => IsShown(point, options)).ToList()))
            .Select(curve => curve.Points.Count == 0 ? $"{curve.Name}: no values."
                : $"{curve.Name}: {curve.Points.Count} values, from {Text(curve.Points[0])} to {Text(curve.Points[^1])}; "
                    + $"lowest {NumberText.Of(curve.Points.Min(point => point.Y))}, highest {NumberText.Of(curve.Points.Max(point => point.Y))}.");

        return string.Join(' ', sentences.DefaultIfEmpty("No values."));

        string Text(ChartPoint point) => $"{NumberText.Of(point.Y)} at {options.XName} {NumberText.Of(point.X)}";
    }

    private static bool IsShown(ChartPoint point, ChartOptions options) =>
        double.IsFinite(point.X) && Math.Abs(point.Y) < double.MaxValue / 4 && (!options.IsLogarithmic || point.Y > 0);   // no range overflows

    // A tick of the values: a line over the whole width.
    private static Html Level(Field field, double tick)
    {
        var at = field.YOf(tick);

        return Html.Of($"""
            <path class="level" d="M{field.Left} {Pixel(at)}H{Right}"/>
            <text x="{field.Left - TickGap}" y="{Pixel(at + HalfOfADigit)}" text-anchor="end">{field.Y.Name(tick)}</text>
            """);
    }

    private static Html Mark(Field field, double tick)
    {
        var at = Pixel(field.XOf(tick));

        return Html.Of($"""
            <path class="level" d="M{at} {Bottom}v4"/><text x="{at}" y="{TickBaseline}" text-anchor="middle">{field.X.Name(tick)}</text>
            """);
    }

    private static Html Curve(ChartSeries curve, string classes, Func<ChartPoint, bool> isShown, Field field)
    {
        var (path, dots) = (new StringBuilder(), new List<Html>());
        foreach (var part in Parts(curve.Points, isShown))
        {
            var points = Thin([.. part.Select(point => new ChartPoint(field.XOf(point.X), field.YOf(point.Y)))]);
            if (points is [var alone])   // a line of one point cannot be seen
            {
                dots.Add(Html.Of($"""<circle class="dot {classes}" cx="{Pixel(alone.X)}" cy="{Pixel(alone.Y)}" r="{DotRadius}"/>"""));
                continue;
            }

            foreach (var (at, point) in points.Index())
            {
                path.Append(at == 0 ? 'M' : 'L').Append(Pixel(point.X)).Append(' ').Append(Pixel(point.Y));
            }
        }

        var line = path.Length == 0 ? Html.Empty : Html.Of($"""<path class="line {classes}" d="{path}"/>""");

        return Html.Join([line, .. dots]);
    }

    // What lies between gaps.
    private static IEnumerable<IReadOnlyList<ChartPoint>> Parts(IReadOnlyList<ChartPoint> points, Func<ChartPoint, bool> isShown)
    {
        List<ChartPoint> part = [];
        foreach (var point in points)
        {
            if (isShown(point))
            {
                part.Add(point);
            }
            else if (part.Count > 0)
            {
                yield return part;
                part = [];
            }
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    // Of a column of the drawing that holds many points, the first, the highest, the lowest and the last: the line looks the same.
    private static IReadOnlyList<ChartPoint> Thin(IReadOnlyList<ChartPoint> points) => points.Count <= Width ? points
        :
        [
            .. points.Index().GroupBy(point => (int)point.Item.X)
                .SelectMany(column => new[] { column.First(), column.MinBy(point => point.Item.Y), column.MaxBy(point => point.Item.Y), column.Last() }
                    .DistinctBy(point => point.Index).OrderBy(point => point.Index))
                .Select(point => point.Item),
        ];

    private static string Pixel(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>Where values are drawn.</summary>
    /// <param name="X">The steps.</param>
    /// <param name="Y">The values.</param>
    /// <param name="Left">Where the curves begin: the names of the values stand before it.</param>
    private sealed record Field(ChartAxis X, ChartAxis Y, int Left)
    {
        public double XOf(double value) => Left + (X.Share(value) * (Right - Left));

        public double YOf(double value) => Bottom - (Y.Share(value) * (Bottom - Top));
    }
}
