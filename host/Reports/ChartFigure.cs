namespace Parallax.Host.Reports;

/// <summary>A chart with its title, its legend, and its numbers as a table that can be opened.</summary>
internal static class ChartFigure
{
    private const int MostRows = 20;

    /// <summary>Makes it.</summary>
    /// <inheritdoc cref="LineChart.Render" path="/param"/>
    /// <returns>A <c>figure</c> element.</returns>
    public static Html Render(ChartOptions options, IReadOnlyList<ChartSeries> series) => Html.Of($"""
        <figure>
        <figcaption>{options.Title}</figcaption>
        {Legend([.. series.Select(curve => curve.Name)])}
        {LineChart.Render(options, series)}
        {Table(options, series)}
        </figure>
        """);

    /// <summary>What colours and dashes stand for.</summary>
    /// <param name="names">In the order of <see cref="LineChart.ClassOf"/>.</param>
    public static Html Legend(IReadOnlyList<string> names) => names.Count == 0 ? Html.Empty : Html.Of($"""
        <ul class="legend">{Html.Join(names.Select((name, at) => Html.Of($"<li>{Key(at)}{name}</li>")))}</ul>
        """);

    private static Html Key(int curve) => Html.Of($"""
        <svg viewBox="0 0 36 8" width="36" height="8" aria-hidden="true"><path class="line {LineChart.ClassOf(curve)}" d="M0 4H36"/></svg>
        """);

    private static Html Table(ChartOptions options, IReadOnlyList<ChartSeries> series)
    {
        double[] all = [.. series.SelectMany(curve => curve.Points).Select(point => point.X).Distinct().Order()];
        if (all.Length == 0)
        {
            return Html.Empty;
        }

        var rows = Math.Min(MostRows, all.Length);
        double[] shown = [.. Enumerable.Range(1, rows).Select(row => all[(int)((long)row * all.Length / rows) - 1])];   // the last is among them
        var wanted = shown.ToHashSet();
        var values = series.Select(curve => curve.Points.Where(point => wanted.Contains(point.X)).GroupBy(point => point.X)
            .ToDictionary(points => points.Key, points => points.Last().Y)).ToList();
        var content = DataTable.Render(
            $"{options.Title}, {shown.Length} of {all.Length} rows", [options.XName, .. series.Select(curve => curve.Name)],
            shown.Select(x => (IReadOnlyList<string>)[NumberText.Of(x), .. values.Select(curve => curve.TryGetValue(x, out var y) ? NumberText.Of(y) : "")]));

        return Html.Of($"<details><summary>Numbers of this chart</summary>{content}</details>");
    }
}
