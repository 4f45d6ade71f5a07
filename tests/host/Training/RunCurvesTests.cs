using System.Text.Json;
using System.Xml.Linq;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class RunCurvesTests
{
    [Fact]
    public void ToSvg_GapsAndMarkup_IsWellFormedAndBreaksTheLine()
    {
        var svg = Draw("a < b & c", (0, 1), (1, 3), (2, double.NaN), (3, 2), (4, 4))!;

        var root = XDocument.Parse(svg).Root!;
        var lines = Elements(root, "polyline").Select(line => (string)line.Attribute("style")!)
            .Where(style => style.Contains("rgb(0,114,178)", StringComparison.Ordinal));
        Assert.Equal(2 + 1, lines.Count());   // one is the legend's
        Assert.Contains(Elements(root, "text"), text => text.Value == "a < b & c");
        Assert.Contains(Elements(root, "text"), text => text.Value == "step");
    }

    [Fact]
    public void ToSvg_OnePoint_IsADot() => Assert.NotEmpty(Elements(XDocument.Parse(Draw("a", (7, 0.5))!).Root!, "ellipse"));

    [Fact]
    public void ToSvg_PointsBetweenGaps_AreDots()
    {
        var svg = Draw("a", (0, double.NaN), (1, 0.5), (2, double.NaN), (3, 1), (4, 2), (5, double.NaN), (6, 3))!;

        Assert.Equal(2, Elements(XDocument.Parse(svg).Root!, "ellipse").Count());
    }

    [Fact]
    public void ToSvg_NothingFinite_DrawsAnEmptyChart()
    {
        var svg = Draw("a", (0, double.NaN), (1, double.NegativeInfinity))!;

        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.Equal("svg", XDocument.Parse(svg).Root!.Name.LocalName);
    }

    [Fact]
    public void ToSvg_Twice_IsTheSame()
    {
        var curves = new RunCurves();
        curves.Add("online/knn", 1, 0.5);
        curves.Add("train/loss", 1, 3);

        Assert.Equal(curves.ToSvg("online/"), curves.ToSvg("online/"));
        Assert.DoesNotContain("train/loss", curves.ToSvg("online/")!, StringComparison.Ordinal);
        Assert.Null(curves.ToSvg("final/"));
    }

    [Fact]
    public void Add_FromACheckpoint_DrawsTheWholeRun()
    {
        var (whole, first) = (new RunCurves(), new RunCurves());
        Add(whole, 1, 5000);
        Add(first, 1, 3000);
        var stored = JsonSerializer.Serialize(new CheckpointState(CheckpointState.CurrentFormat, "run", default, null) { Curves = first.History });

        var second = new RunCurves(CheckpointState.Parse(stored, recipe: "").Curves);

        Add(second, 3001, 5000);
        Assert.Equal(whole.ToSvg("train/loss"), second.ToSvg("train/loss"));
        Assert.InRange(second.History["train/loss"].Steps.Count, 1, ThinnedSeries.Most);

        static void Add(RunCurves curves, int from, int to)
        {
            for (var step = from; step <= to; step++)
            {
                curves.Add("train/loss", step, step == 700 ? double.NaN : 1.0 / step);
            }
        }
    }

    private static IEnumerable<XElement> Elements(XElement root, string name) => root.Descendants().Where(e => e.Name.LocalName == name);

    private static string? Draw(string name, params (long Step, double Value)[] points)
    {
        var curves = new RunCurves();
        foreach (var (step, value) in points)
        {
            curves.Add(name, step, value);
        }

        return curves.ToSvg(name);
    }
}
