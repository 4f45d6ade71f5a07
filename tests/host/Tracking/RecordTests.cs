using Microsoft.Data.Sqlite;
using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>
/// Runs for results that are there already, and stores and folders that vanish under a run: the program goes on, and what can be kept is kept.
/// </summary>
public sealed class RecordTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TrackingWorkplace _place = new();
    private readonly FakeMlflowServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _place.Dispose();
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(400)]
    [InlineData(500)]
    [InlineData(302)]
    public async Task Record_ServerRefuses_KeepsTheRunAndSyncSendsIt(int status)
    {
        _place.Settings = _place.Settings with { Uri = _server.Address, RequiresServer = true };
        _server.Misbehave = (_, _) => new Misbehaviour(status, "no", "text/plain");

        Finish(Record());
        _server.Misbehave = (_, _) => null;
        await _place.Replay().SendAllAsync(null, None);

        var stored = Assert.Single(_server.Runs.Values);
        Assert.Equal([(7L, 0.5)], stored.Curve("knn/accuracy"));
        Assert.Equal("FINISHED", stored.Status);
    }

    [Fact]
    public async Task Record_DatabaseCannotBeOpened_KeepsTheRunAndSyncSendsIt()
    {
        File.WriteAllText(_place.Database, new string('x', 5000));

        Finish(Record());
        File.Delete(_place.Database);
        await _place.Replay().SendAllAsync(null, None);

        using var store = _place.OpenDatabase();
        Assert.Equal(0.5, Assert.Single(await store.SearchRunsAsync(null, 10, None)).Metrics["knn/accuracy"].Value);
        Assert.Contains("no intact SQLite database", Assert.Single(_place.Logger.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Record_AddressMakesNoSense_SaysThatNothingIsTracked()
    {
        _place.Settings = _place.Settings with { Uri = "nonsense://x" };

        Finish(Record());

        Assert.Contains("is not tracked: tracking.uri is 'nonsense://x'", Assert.Single(_place.Logger.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Record_VariableCannotBeRead_SaysThatNothingIsTracked()
    {
        _place.Environment["MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL"] = "soon";
        var trackers = new Trackers(_place.Stores, _place.Retry, _place.Time, _place.Logger);

        Finish(trackers.Record(new TrackingOptions(), new RunDescription("evaluation", "knn", new Dictionary<string, string>())));

        Assert.Contains("'knn' is not tracked: MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", Assert.Single(_place.Logger.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Record_SpoolCannotBeWritten_KeepsItElsewhereAndSaysWhere()
    {
        _place.Settings = _place.Settings with { SpoolFolder = _place.WriteFile("file", "") };

        Finish(Record());

        Assert.Contains("parallax-spool-", Assert.Single(_place.Logger.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_SpoolThatWasAskedForCannotBeWritten_Refuses()
    {
        _place.Settings = _place.Settings with { SpoolFolder = _place.WriteFile("file", "") };

        var fault = Assert.Throws<ConfigurationException>(() => _place.Start());

        Assert.Contains("tracking.spool", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PartOfAnotherRunRefused_GoesOn()
    {
        _place.Settings = _place.Settings with { Uri = _server.Address };
        _server.Misbehave = (_, _) => new Misbehaviour(401, "revoked", "text/plain");

        Finish(_place.Start(new RunDescription("leaderboard", "row", new Dictionary<string, string>()) { ParentRunId = "abc" }));
        _server.Misbehave = (_, _) => null;
        await _place.Replay().SendAllAsync(null, None);

        Assert.Equal("abc", Assert.Single(_server.Runs.Values).Tags["mlflow.parentRunId"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LogMetric_DatabaseDeletedInBetween_SyncWritesTheRunAnew(bool isReplaced)
    {
        var run = _place.Start();
        run.LogParameters(new Dictionary<string, string> { ["a"] = "1" });
        run.LogMetric("m", 1, 1);
        Assert.True(SpinWait.SpinUntil(() => Points() == 1, TimeSpan.FromSeconds(30)));
        File.Delete(_place.Database);
        if (isReplaced)
        {
            _place.OpenDatabase().Dispose();   // as a run of its own does, that of the final evaluation for example
        }

        run.LogMetric("m", 2, 2);
        run.LogArtifact(_place.WriteFile("content", "content"), "a.txt");
        run.End(RunOutcome.Finished);
        Assert.Contains(_place.Logger.Warnings, warning => warning.Contains("was deleted, moved or replaced", StringComparison.Ordinal));

        Assert.Null(Assert.Single(await _place.Replay().SendAllAsync(null, None)).Problem);

        using var store = _place.OpenDatabase();
        var stored = (await store.FindRunAsync(run.RunId, None))!;
        Assert.Equal([1.0, 2.0], (await store.ReadHistoryAsync(run.RunId, "m", None)).Select(p => p.Value));
        Assert.Equal(("1", RunStatus.Finished), (stored.Params["a"], stored.Status));
        Assert.Equal("content", File.ReadAllText(Path.Combine(new Uri(stored.ArtifactUri).LocalPath, "a.txt")));
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public async Task LogArtifact_FolderOfTheDatabaseTakesNoFiles_KeepsThemAndSyncSendsThem()
    {
        var run = _place.Start();
        var inTheWay = Path.Combine(_place.Folder, "mlartifacts");
        await File.WriteAllTextAsync(inTheWay, "", None);

        run.LogMetric("m", 1, 1);
        run.LogArtifact(_place.WriteFile("content", "content"), "a.txt");
        run.End(RunOutcome.Finished);
        Assert.Equal(["a.txt"], KeptItems.Read(Assert.Single(_place.Spool.Journals())).Files);

        File.Delete(inTheWay);
        await _place.Replay().SendAllAsync(null, None);

        using var store = _place.OpenDatabase();
        var stored = (await store.FindRunAsync(run.RunId, None))!;
        Assert.Equal(RunStatus.Finished, stored.Status);
        Assert.Equal("content", File.ReadAllText(Path.Combine(new Uri(stored.ArtifactUri).LocalPath, "a.txt")));
        Assert.Empty(_place.Spool.Journals());
    }

    [Fact]
    public void End_SpoolWasDeleted_SendsTheRestFromWhereItIs()
    {
        _place.Settings = _place.Settings with { Uri = _server.Address };
        var run = _place.Start();
        run.LogMetric("m", 1, 1);
        var folder = _place.Spool.Find(run.RunId)!;
        bool IsQuiet() => RunJournal.ReadState(folder) is { Offset: > 0, HasCorrectedChildren: true };   // else a file is written while the folder is deleted
        Assert.True(SpinWait.SpinUntil(IsQuiet, TimeSpan.FromSeconds(30)));

        Directory.Delete(_place.Spool.Path, recursive: true);
        run.LogMetric("m", 2, 2);
        run.Flush();
        run.LogArtifact(_place.WriteFile("content", "content"), "a.txt");
        run.End(RunOutcome.Finished);

        Assert.Equal(2, _server.Runs[run.RunId].MetricCount);
        Assert.Equal("FINISHED", _server.Runs[run.RunId].Status);
        Assert.Single(_server.Artifacts);
        Assert.True(File.Exists(Path.Combine(_place.Folder, "content")));   // there was no place for a copy, and the original is not ours
    }

    private ITrackedRun Record() => new RunStarter(_place.Settings, _place.Stores, _place.Retry, _place.Time, _place.Logger)
        .Record(new RunDescription("evaluation", "evaluation-knn", new Dictionary<string, string>()) { ParentRunId = "abc" });

    private static void Finish(ITrackedRun run)
    {
        run.LogMetric("knn/accuracy", 0.5, 7);
        run.Flush();
        run.End(RunOutcome.Finished);
    }

    private long Points()
    {
        using var connection = new SqliteConnection($"Data Source={_place.Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM metrics";
        return (long)command.ExecuteScalar()!;
    }
}
