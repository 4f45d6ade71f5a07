using System.Text.Json.Nodes;
using Parallax.Contracts;
using Parallax.Host.Cli;
using Parallax.Host.Terminal;
using Parallax.Host.Tests.Tracking;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Cli;

/// <summary><c>parallax runs sync</c> and <c>parallax runs discard</c>.</summary>
public sealed class RunsSpoolTests : IDisposable
{
    private readonly TrackingWorkplace _place = new();
    private readonly FakeMlflowServer _server = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public RunsSpoolTests()
    {
        _place.Settings = _place.Settings with { Uri = _server.Address };
    }

    public void Dispose()
    {
        _server.Dispose();
        _place.Dispose();
    }

    [Fact]
    public async Task Sync_DryRun_ListsWhatIsKeptAndSendsNothing()
    {
        var runId = RecordRefusedFile();
        _server.Misbehave = (_, _) => null;

        var code = await Run("runs", "sync", "--dry-run");

        Assert.Equal(0, code);
        Assert.Contains(runId, _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("1 file (a.txt; 7 B)", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("HTTP 413", _output.ToString(), StringComparison.Ordinal);
        Assert.Empty(_server.Artifacts);
    }

    [Fact]
    public async Task Sync_Json_HoldsTheSame()
    {
        RecordRefusedFile();

        await Run("runs", "sync", "--json");

        var result = JsonNode.Parse(_output.ToString())!.AsArray().Single()!;
        Assert.Equal("a.txt", (string)result["kept"]!["files"]![0]!);
    }

    [Fact]
    public async Task Sync_OneRunByTheBeginningOfItsIdentifier_SendsThatOneOnly()
    {
        var (first, second) = (RecordOffline(), RecordOffline());

        var code = await Run("runs", "sync", first[..12]);

        Assert.Equal(0, code);
        Assert.Equal(first, Assert.Single(_server.Runs.Values).Tags["client.run_key"]);
        Assert.EndsWith($"\tbegan as {first}{Environment.NewLine}", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(second, Path.GetFileName(Assert.Single(_place.Spool.Journals())));
    }

    [Fact]
    public async Task Discard_WholeIdentifier_RemovesItAndSaysWhat()
    {
        var runId = RecordRefusedFile();

        var code = await Run("runs", "discard", runId);

        Assert.Equal(0, code);
        Assert.Equal($"discarded\t{runId}\t1 file (a.txt; 7 B){Environment.NewLine}", _output.ToString());
        Assert.Empty(_place.Spool.Journals());
        Assert.Equal("FINISHED", _server.Runs[runId].Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Discard_AllOrBeginning_NeedsYes(bool isAll)
    {
        var runId = RecordRefusedFile();
        var what = isAll ? "--all" : runId[..10];

        var refused = await Run("runs", "discard", what);
        Assert.Equal(2, refused);
        Assert.Contains("--yes", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("a.txt", _output.ToString(), StringComparison.Ordinal);
        Assert.Single(_place.Spool.Journals());

        var done = await Run("runs", "discard", what, "--yes");
        Assert.Equal(0, done);
        Assert.Empty(_place.Spool.Journals());
    }

    [Theory]
    [InlineData("Nothing of a run 'zzz' is kept", "zzz")]
    [InlineData("Give the identifiers of runs, or --all")]
    [InlineData("fits 2 runs", "")]
    public async Task Discard_NotOneRun_SaysWhy(string expected, params string[] ids)
    {
        RecordOffline();
        RecordOffline();

        var code = await Run(["runs", "discard", .. ids]);

        Assert.Equal(2, code);
        Assert.Contains(expected, _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, _place.Spool.Journals().Count);
    }

    [Fact]
    public async Task Discard_RunThatIsBeingWritten_Refuses()
    {
        using var run = _place.Start();

        var code = await Run("runs", "discard", run.RunId);

        Assert.Equal(2, code);
        Assert.Contains("being written by another process", _error.ToString(), StringComparison.Ordinal);
        Assert.Single(_place.Spool.Journals());
    }

    private string RecordRefusedFile()
    {
        _server.Misbehave = (path, _) => path.StartsWith("mlflow-artifacts", StringComparison.Ordinal) ? new Misbehaviour(413, "too "
            + "large", "text/plain") : null;
        var run = _place.Start();
        run.LogMetric("m", 1, 1);
        run.LogArtifact(_place.WriteFile("content", "content"), "a.txt");
        run.End(RunOutcome.Finished);

        return run.RunId;
    }

    private string RecordOffline()
    {
        _server.Down();
        var run = _place.Start();
        run.LogMetric("m", 1, 1);
        run.End(RunOutcome.Finished);
        _server.Up();

        return run.RunId;
    }

    private Task<int> Run(params string[] arguments) =>
        Composition.RunAsync([.. arguments, "--spool", _place.Spool.Path], new CliOutput(_output, _error, isTerminal: false));
}
