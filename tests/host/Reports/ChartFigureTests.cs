using System.Xml.Linq;
using Parallax.Host.Reports;

namespace Parallax.Host.Tests.Reports;

public sealed class ChartFigureTests
{
    [Fact]
    public void Render_TwoCurves_HasALegendAndTheirNumbers()
    {
        var figure = Draw(new("a", [new(1, 0.5), new(2, 0.25)]), new("b", [new(2, 1e-5)]));

        Assert.Equal(["a", "b"], figure.Descendants("li").Select(item => item.Value));
        Assert.Equal(["step", "a", "b", "1", "2"], figure.Descendants("th").Select(cell => cell.Value));
        Assert.Equal(["0.5", "", "0.25", "1E-5"], figure.Descendants("td").Select(cell => cell.Value));
        Assert.All(figure.Descendants("th"), cell => Assert.Contains(cell.Attribute("scope")!.Value, new[] { "col", "row" }));
    }

    [Fact]
    public void Render_ManyPoints_ShowsTwentyRowsWithTheLast()
    {
        var figure = Draw(new ChartSeries("a", [.. Enumerable.Range(1, 107).Select(step => new ChartPoint(step, 1))]));

        var rows = figure.Descendants("th").Where(cell => cell.Attribute("scope")!.Value == "row").Select(cell => cell.Value).ToList();
        Assert.Equal((20, "5", "107"), (rows.Count, rows[0], rows[^1]));   // 107 / 20 = 5.35
        Assert.Equal("Loss, 20 of 107 rows", figure.Descendants("caption").Single().Value);
    }

    private static XElement Draw(params ChartSeries[] series) => XDocument.Parse(ChartFigure.Render(new("loss", "Loss"), series).Text).Root!;
}
