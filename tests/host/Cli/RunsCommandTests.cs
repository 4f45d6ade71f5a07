using System.Text.Json.Nodes;
using Parallax.Host.Cli;
using Parallax.Host.Tests.Tracking;

namespace Parallax.Host.Tests.Cli;

public sealed class RunsCommandTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Runs_OneRun_ShowsNameStatusMethodAndLastMetrics()
    {
        var runId = Record();

        var code = await Run("runs");

        Assert.Equal(0, code);
        Assert.Equal($"{runId}\tfirst\tFINISHED\t2026-01-01 00:00:00\tsome-method\ttrain/loss 0.25, train/nan NaN{Environment.NewLine}", _output.ToString());
    }

    [Fact]
    public async Task Runs_Json_HoldsTheSame()
    {
        var runId = Record();

        await Run("runs", "--json");

        var run = JsonNode.Parse(_output.ToString())!.AsArray().Single()!;
        Assert.Equal(runId, (string)run["run_id"]!);
        Assert.Equal(0.25, (double)run["metrics"]!["train/loss"]!);
        Assert.Equal("NaN", (string)run["metrics"]!["train/nan"]!);
    }

    [Fact]
    public async Task Show_Run_ListsParameters()
    {
        var runId = Record();

        await Run("runs", "show", runId);

        Assert.Contains("trainer.seed\t7" + Environment.NewLine, _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no run abc in sqlite:///", "runs", "show", "abc")]
    [InlineData("No runs in sqlite:///", "runs", "--experiment", "other")]
    [InlineData("expected 1 to 1000", "runs", "--limit", "0")]
    public async Task Runs_NothingToShow_SaysWhy(string expected, params string[] arguments)
    {
        Record();

        await Run(arguments);

        Assert.Contains(expected, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_NoStore_SaysHowToMakeOne()
    {
        var code = await Run("runs");

        Assert.Equal(2, code);
        Assert.Contains("There is no tracking file", _error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(_place.Database));
    }

    [Fact]
    public async Task Sync_ServerWasAway_SendsWhatWaits()
    {
        using var server = new FakeMlflowServer(isUp: false);
        _place.Settings = _place.Settings with { Uri = server.Address };
        Record();
        server.Up();

        var code = await Run("runs", "sync");
        var again = await Run("runs", "sync");

        var sent = Assert.Single(server.Runs.Values);
        Assert.Equal((0, 0), (code, again));
        Assert.Equal("FINISHED", sent.Status);
        Assert.Equal($"sent\t{sent.Id}\tbegan as {sent.Tags["client.run_key"]}{Environment.NewLine}Nothing is waiting to be sent.{Environment.NewLine}", _output.ToString());
    }

    [Fact]
    public async Task Sync_ServerStillAway_KeepsAndSaysSo()
    {
        using var server = new FakeMlflowServer(isUp: false);
        _place.Settings = _place.Settings with { Uri = server.Address };
        Record();

        var code = await Run("runs", "sync");

        Assert.Equal(1, code);
        Assert.StartsWith("kept\t", _output.ToString(), StringComparison.Ordinal);
        Assert.Single(_place.Spool.Journals());
    }

    private string Record()
    {
        var run = _place.Start();
        run.LogParameters(new Dictionary<string, string> { ["trainer.seed"] = "7" });
        run.SetTags(new Dictionary<string, string> { ["method"] = "some-method" });
        run.LogMetric("train/loss", 0.25, 3);
        run.LogMetric("system/cpu_utilization_percentage", 50, 0);
        run.LogMetric("train/nan", double.NaN, 3);
        run.End(RunOutcome.Finished);
        return run.RunId;
    }

    private Task<int> Run(params string[] arguments) =>
        CommandLineApplication.RunAsync([.. arguments, "--uri", "sqlite:///" + _place.Database, "--spool", _place.Spool.Path], new CliOutput(_output, _error, isTerminal: false));
}
