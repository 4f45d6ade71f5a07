using System.Xml.Linq;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Reports;

public sealed class RunReportTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Report_RunOfAServer_HasItsCurvesAndSaysThatTheFolderIsMissing()
    {
        using var server = new FakeMlflowServer();
        _place.Settings = _place.Settings with { Uri = server.Address };
        var run = Record();
        var file = Path.Combine(_place.Folder, "r.html");

        var code = await Composition.RunAsync(
            ["report", run, "--uri", server.Address, "--out", file, "--runs", Path.Combine(_place.Folder, "runs")], new(_output, _error, isTerminal: false));

        Assert.True(code == 0, _error.ToString());
        Assert.StartsWith(file, _output.ToString(), StringComparison.Ordinal);
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var page = XDocument.Parse(text.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal)).Root!;
        Assert.Contains(page.Descendants("desc"), text => text.Value.EndsWith(
            "3 values, from 4 at step 0 to 1 at step 2; lowest 1, highest 4.", StringComparison.Ordinal));
        Assert.Contains(page.Descendants("p"), paragraph => paragraph.Value.StartsWith("No pictures and features: No run", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Report_CurvesThatCannotBeRead_AreSaidToBeMissing()
    {
        using var server = new FakeMlflowServer();
        _place.Settings = _place.Settings with { Uri = server.Address };
        var run = Record();
        var file = Path.Combine(_place.Folder, "r.html");
        server.Misbehave = (path, _) => path.Contains("get-history", StringComparison.Ordinal) ? new(400, "no", "text/plain") : null;

        var code = await Composition.RunAsync(
            ["report", run, "--uri", server.Address, "--out", file, "--runs", Path.Combine(_place.Folder, "runs")], new(_output, _error, isTerminal: false));

        Assert.True(code == 0, _error.ToString());
        Assert.Contains("Not all curves: The tracking store cannot be read", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    private string Record()
    {
        var run = _place.Start(new("pretraining", "first", new Dictionary<string, string> { ["method"] = "any" }));
        foreach (var (step, loss) in new double[] { 4, 2, 1 }.Index())
        {
            run.LogMetric("train/loss", loss, step);
        }

        run.End(RunOutcome.Finished);

        return run.RunId;
    }
}
