using System.Text.Json;
using Parallax.Host.Configuration;

namespace Parallax.Benchmarks.Tests.Gate.Reports;

public sealed class GateReportTests : IDisposable
{
    private static readonly GateReport Report = new("--check", "abc", FakeProcess.Here,
    [
        new("a/one", "tensors", Outcome.Pass) { Before = 4, Here = 4, Limit = 4 },
        new("a/one", "ratio", Outcome.Inconclusive) { Before = 0.5, Here = 0.55, Interval = new(0.4, 0.55, 0.7), MoreRounds = 12 },
        new("b/two", "tensors", Outcome.NotCompared) { Before = 4, Here = 5, Note = "libtorch: baseline 2.10, here 2.11" },
        new("c/three", "tensors", Outcome.Invalid) { Here = double.NaN, Note = "no finite number" },
    ]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax report ");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void WriteJson_NumberThatIsNone_IsKept()
    {
        var file = Path.Combine(_folder.FullName, "results.json");

        Report.WriteJson(file);

        using var json = JsonDocument.Parse(File.ReadAllText(file));
        Assert.Equal("fail", json.RootElement.GetProperty("verdict").GetString());
        Assert.Equal("NaN", json.RootElement.GetProperty("rows")[3].GetProperty("here").GetString());
        Assert.Equal("inconclusive", json.RootElement.GetProperty("rows")[1].GetProperty("outcome").GetString());
    }

    [Fact]
    public void MarkdownTable_HasALineForEachMeasurementAndTellsWhatDoesNotPass()
    {
        var table = MarkdownTable.Of(Report);

        Assert.StartsWith("### parallax bench --check: fail", table, StringComparison.Ordinal);
        Assert.Contains("| a/one | 4 | 0.550 (0.400 to 0.700) | **inconclusive** |", table, StringComparison.Ordinal);
        Assert.Contains("about 12 more rounds would tell", table, StringComparison.Ordinal);
        Assert.Contains("Not compared: tensors of 1 measurements (libtorch: baseline 2.10, here 2.11).", table, StringComparison.Ordinal);
        Assert.Contains("**no number**", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_EmbeddedStore_HasARunForEachMeasurement()
    {
        var store = Path.Combine(_folder.FullName, "mlflow.db");

        GateTracking.Log(Report, Store("sqlite:///" + store), TextWriter.Null);

        Assert.True(File.Exists(store));
    }

    [Fact]
    public void Log_ServerThatIsDown_DoesNotThrow()
    {
        var warnings = new StringWriter();

        GateTracking.Log(Report, Store("http://127.0.0.1:9"), warnings);

        Assert.Contains("127.0.0.1:9", warnings.ToString(), StringComparison.Ordinal);
    }

    private TrackingOptions Store(string uri) => new() { Uri = uri, Spool = Path.Combine(_folder.FullName, "spool"), SystemMetricsInterval = TimeSpan.Zero };
}
