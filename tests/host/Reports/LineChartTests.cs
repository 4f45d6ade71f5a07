using System.Xml.Linq;
using Parallax.Host.Reports;

namespace Parallax.Host.Tests.Reports;

/// <summary>The drawing is 400 by 200 from (60, 24) to (460, 224).</summary>
public sealed class LineChartTests
{
    private static readonly ChartOptions Options = new("loss", "Loss") { Unit = "nats" };

    [Fact]
    public void Render_ThreePoints_LieWhereTheyAreByHand()
    {
        var svg = Draw(Options, new ChartSeries("run", [new(0, 0), new(50, 4), new(100, 1)]));

        // Ticks of the values are 0, 1, 2, 3, 4 and those of the steps 0, 20, ... (a quarter of the range, 25, is nearer to 20 than to 50).
        Assert.Equal("M60 224L260 24L460 174", Assert.Single(Of(svg, "path", "line")).Attribute("d")!.Value);
        Assert.Equal(
            ["M60 224H460", "M60 174H460", "M60 124H460", "M60 74H460", "M60 24H460"],
            Of(svg, "path", "level").Take(5).Select(path => path.Attribute("d")!.Value));
        Assert.Equal(["0", "1", "2", "3", "4", "0", "20", "40", "60", "80", "100", "nats", "step"], Texts(svg));
    }

    [Fact]
    public void Render_Logarithmic_EqualFactorsAreEqualHeights()
    {
        var svg = Draw(Options with { IsLogarithmic = true }, new ChartSeries("run", [new(0, 0.001), new(1, 1), new(2, 0), new(3, 1000), new(4, 1)]));

        Assert.Equal("M60 224L160 124M360 24L460 124", Assert.Single(Of(svg, "path", "line")).Attribute("d")!.Value);   // 0 has no logarithm
        Assert.Equal(["0.001", "0.01", "0.1", "1", "10", "100", "1,000"], Texts(svg).Take(7));
    }

    [Fact]
    public void Render_LongNamesOfValues_HaveRoom()
    {
        var svg = Draw(Options, new ChartSeries("run", [new(0, 0), new(1, 400_000)]));

        Assert.Equal("M78 224L460 24", Assert.Single(Of(svg, "path", "line")).Attribute("d")!.Value);   // 400,000 is 7 letters of 10, and a gap of 8
        Assert.Equal("70", Of(svg, "text").Single(text => text.Value == "400,000").Attribute("x")!.Value);
    }

    [Fact]
    public void Render_GapsAndPointsAlone_BreakTheLineAndAreDots()
    {
        var svg = Draw(
            Options, new ChartSeries("run", [new(0, double.NaN), new(1, 0), new(2, double.NaN), new(3, 1), new(4, 4), new(5, double.PositiveInfinity)]));

        var dot = Assert.Single(Of(svg, "circle", "dot"));   // steps reach from 1 to 4
        Assert.Equal(("60", "224"), (dot.Attribute("cx")!.Value, dot.Attribute("cy")!.Value));
        Assert.Equal("M326.7 174L460 24", Assert.Single(Of(svg, "path", "line")).Attribute("d")!.Value);
        Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_OneValue_LiesInTheMiddle()
    {
        var dot = Assert.Single(Of(Draw(Options, new ChartSeries("run", [new(7, 2)])), "circle", "dot"));

        Assert.Equal(("260", "124"), (dot.Attribute("cx")!.Value, dot.Attribute("cy")!.Value));   // from 3.5 to 10.5, and from 1 to 3
    }

    [Fact]
    public void Render_NoValues_SaysSo()
    {
        var svg = Draw(Options, new ChartSeries("run", [new(0, double.NaN)]));

        Assert.Contains("no values", Texts(svg));
        Assert.Equal("run: no values.", Of(svg, "desc").Single().Value);
    }

    [Fact]
    public void Render_ManyPoints_KeepsExtremesInFewerPoints()
    {
        var points = Enumerable.Range(0, 100_001).Select(step => new ChartPoint(step, step == 50_003 ? 2 : step % 2)).ToList();

        var line = Assert.Single(Of(Draw(Options, new ChartSeries("run", points)), "path", "line")).Attribute("d")!.Value;

        Assert.Contains("L260 24", line, StringComparison.Ordinal);
        Assert.InRange(line.Count(letter => letter == 'L'), 401, 4 * 401);
    }

    [Fact]
    public void Render_SeveralCurves_DifferInColourAndDashes()
    {
        var curves = Enumerable.Range(0, 12).Select(at => new ChartSeries($"run {at}", [new(0, at), new(1, at)])).ToArray();

        var classes = Of(Draw(Options, curves), "path", "line").Select(path => path.Attribute("class")!.Value);

        Assert.Equal(12, classes.Distinct().Count());
        Assert.Equal(["line c0 d0", "line c1 d1", "line c2 d2"], classes.Take(3));
    }

    [Fact]
    public void Render_Names_AreEncodedAndToldToScreenReaders()
    {
        var svg = Draw(Options with { Title = "<b>&\"'" }, new ChartSeries("</desc><script>", [new(1, 3), new(2, 1)]));

        Assert.Equal(("img", "loss-title loss-desc"), (svg.Attribute("role")!.Value, svg.Attribute("aria-labelledby")!.Value));
        Assert.Equal("<b>&\"'", Of(svg, "title").Single().Value);
        Assert.Equal("</desc><script>: 2 values, from 3 at step 1 to 1 at step 2; lowest 1, highest 3.", Of(svg, "desc").Single().Value);
    }

    private static XElement Draw(ChartOptions options, params ChartSeries[] series) => XDocument.Parse(LineChart.Render(options, series).Text).Root!;

    private static List<XElement> Of(XElement svg, string name, string classes = "") =>
        [.. svg.Descendants(name).Where(element => ((string?)element.Attribute("class") ?? "").StartsWith(classes, StringComparison.Ordinal))];

    private static List<string> Texts(XElement svg) => [.. svg.Descendants("text").Select(text => text.Value)];
}
