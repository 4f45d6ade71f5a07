using System.Xml.Linq;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class PicturesTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Linear_ZeroToNine_HasRoundTicks()
    {
        var axis = AxisScale.Linear([0, 3, 9], 6);

        Assert.Equal([0, 2, 4, 6, 8, 10], axis.Ticks);
        Assert.Equal(0.5, axis.Fraction(5), 12);
    }

    [Fact]
    public void Logarithmic_TwoDecades_HasPowersOfTen()
    {
        var axis = AxisScale.Logarithmic([0.02, 0.9]);

        Assert.Equal([0.01, 0.1, 1], axis.Ticks.Select(t => Math.Round(t, 12)));
        Assert.Equal(0.5, axis.Fraction(0.1), 12);
    }

    [Fact]
    public void Write_GapsAndMarkup_IsWellFormedAndBreaksTheLine()
    {
        var svg = CurveChart.Write([new Curve("a < b & c", [(0, 1), (1, double.NaN), (2, 2), (3, 3)])]);

        var root = XDocument.Parse(svg).Root!;
        var path = (string)root.Elements().Single(e => e.Name.LocalName == "path").Attribute("d")!;
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.Contains(root.Elements(), e => e.Value == "a < b & c");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_NoPoints_DrawsAnEmptyChart(bool isLogarithmic)
    {
        var svg = CurveChart.Write([new Curve("nothing", [(0, double.NaN), (1, double.NegativeInfinity)])], isLogarithmic);

        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.Equal("svg", XDocument.Parse(svg).Root!.Name.LocalName);
    }

    [Fact]
    public void Shrink_TwoByFour_IsTheMeanOfSquares()
    {
        byte[] pixels = [0, 4, 10, 10, 4, 8, 20, 20];

        var (small, height, width) = StepImages.Shrink(pixels, 2, 4, 1, 2);

        Assert.Equal((1, 2), (height, width));
        Assert.Equal([4, 15], small);
    }

    [Fact]
    public async Task Log_PictureOfAStepTwice_WritesBothFilesOnceAndTheTag()
    {
        var run = _place.Start();

        for (var again = 0; again < 2; again++)
        {
            var images = new StepImages(run, "key of the run", DateTimeOffset.FromUnixTimeMilliseconds(1_767_225_600_000));   // as of a resumed run
            images.Log("train/views", new byte[300 * 2 * 3], 300, 2, 3, 7);
        }

        run.End(RunOutcome.Finished);

        using var store = _place.OpenDatabase();
        var stored = (await store.FindRunAsync(run.RunId, CancellationToken.None))!;
        var files = Directory.GetFiles(Path.Combine(new Uri(stored.ArtifactUri).LocalPath, "images")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        Assert.Equal("True", stored.Tags["mlflow.loggedImages"]);
        Assert.Equal(2, files.Count);
        Assert.Matches("^train~views\\+step\\+7\\+timestamp\\+1767225600000\\+[0-9a-f-]{36}\\+compressed\\.png$", files[0]);
        Assert.Equal(files[0]!.Replace("+compressed", "", StringComparison.Ordinal), files[1]);
    }

    [Fact]
    public void Log_OtherStepSliderOrRun_IsAnotherFile()
    {
        var (names, run) = (new HashSet<string>(), new RecordingRun());

        foreach (var (key, slider, step) in new[] { ("a", "x", 1), ("b", "x", 1), ("a", "y", 1), ("a", "x", 2) })
        {
            new StepImages(run, key, DateTimeOffset.UnixEpoch).Log(slider, new byte[3], 1, 1, 3, step);
        }

        names.UnionWith(run.Artifacts.Keys.Select(path => path.Split('+')[5]));
        Assert.Equal(8, run.Artifacts.Count);
        Assert.Equal(4, names.Select(n => n.Replace(".png", "", StringComparison.Ordinal)).Distinct().Count());
    }
}
