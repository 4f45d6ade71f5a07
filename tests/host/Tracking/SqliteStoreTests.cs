using Microsoft.Data.Sqlite;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class SqliteStoreTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TrackingWorkplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Open_NewFile_HasTheExactSchemaTextAndRevision()
    {
        _place.OpenDatabase().Dispose();

        var statements = Rows("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid");
        Assert.Equal(SqliteSchema.ReadStatements().Trim(), string.Join(";\n", statements) + ";");
        Assert.Equal(["acf3f17fdcc7"], Rows("SELECT version_num FROM alembic_version"));
        Assert.All(statements.Where(s => s.StartsWith("CREATE TABLE", StringComparison.Ordinal)), s =>
            Assert.All(s.Split('\n')[1..^1], l => Assert.StartsWith("\t", l)));
        Assert.Equal([$"0|Default|{new Uri(_place.Folder).AbsoluteUri}/mlartifacts/0|active"], Rows("SELECT experiment_id || '|' || name || '|' || "
            + "artifact_location || '|' || lifecycle_stage FROM experiments"));
    }

    [Fact]
    public async Task CreateRun_Twice_GivesOneRunWithMlflowsDefaults()
    {
        var run = new NewRun("my experiment", null, "0123456789abcdef0123456789abcdef", 1_767_225_600_000, "alice", new Dictionary<string, string>());
        using (var store = _place.OpenDatabase())
        {
            await store.CreateRunAsync(run, None);
            await store.CreateRunAsync(run, None);
        }

        var root = new Uri(_place.Folder).AbsoluteUri;
        Assert.Equal(
            [$"run-01234567|UNKNOWN||||alice|RUNNING|1767225600000|active|{root}/mlartifacts/1/0123456789abcdef0123456789abcdef/artifacts|1"],
            Rows("SELECT name || '|' || source_type || '|' || source_name || '|' || entry_point_name || '|' || source_version || '|' || user_id || '|' || "
                + "status || '|' || start_time || '|' || lifecycle_stage || '|' || artifact_uri || '|' || experiment_id FROM runs"));
        Assert.Equal(["mlflow.runName=run-01234567", "mlflow.user=alice"], Rows("SELECT key || '=' || value FROM tags ORDER BY key"));
    }

    [Theory]
    [InlineData(1e-320)]
    [InlineData(1.0 / 3)]
    [InlineData(-0.25)]
    [InlineData(1.7e308)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public async Task LogBatch_AnyDouble_ComesBackExactly(double value)
    {
        using var store = _place.OpenDatabase();
        var run = await CreateAsync(store);

        await store.LogBatchAsync(run.RunId, Metrics(new MetricPoint("m", value, 1, 2)), None);

        Assert.Equal(new MetricPoint("m", value, 1, 2), Assert.Single(await store.ReadHistoryAsync(run.RunId, "m", None)));
    }

    [Fact]
    public async Task LogBatch_RepeatedAndUnordered_KeepsEachPointOnceAndTheGreatestAsLatest()
    {
        using var store = _place.OpenDatabase();
        var run = await CreateAsync(store);
        var batch = Metrics(new("m", 3, 30, 7), new("m", 9, 10, 2), new("m", 4, 30, 7));

        await store.LogBatchAsync(run.RunId, batch, None);
        await store.LogBatchAsync(run.RunId, batch, None);

        Assert.Equal([9, 3, 4], (await store.ReadHistoryAsync(run.RunId, "m", None)).Select(p => p.Value));
        Assert.Equal(new MetricPoint("m", 4, 30, 7), (await store.FindRunAsync(run.RunId, None))!.Metrics["m"]);
    }

    [Fact]
    public async Task LogBatch_ChangedParam_StoresNothingOfTheBatch()
    {
        using var store = _place.OpenDatabase();
        var run = await CreateAsync(store);
        await store.LogBatchAsync(run.RunId, Params(("a", "1")), None);
        await store.LogBatchAsync(run.RunId, Params(("a", "1")), None);

        var fault = await Assert.ThrowsAsync<StoreException>(() => store.LogBatchAsync(run.RunId, Params(("b", "1"), ("a", "2")), None));

        Assert.Equal(StoreFailure.Rejected, fault.Failure);
        Assert.Equal(["a"], (await store.FindRunAsync(run.RunId, None))!.Params.Keys);
    }

    [Fact]
    public async Task LogDataset_Twice_IsOneDatasetAndOneInput()
    {
        using (var store = _place.OpenDatabase())
        {
            var run = await CreateAsync(store);
            var dataset = new DatasetEntry("shapes-train", "0123abcd", "local", "{}", null, "{\"num_rows\":1}", "training");

            await store.LogDatasetAsync(run.RunId, dataset, None);
            await store.LogDatasetAsync(run.RunId, dataset, None);
        }

        Assert.Equal(
            ["shapes-train|0123abcd|DATASET|RUN|mlflow.data.context|training"],
            Rows("SELECT d.name || '|' || d.digest || '|' || i.source_type || '|' || i.destination_type || '|' || t.name || '|' || t.value FROM inputs i "
                + "JOIN datasets d ON d.dataset_uuid = i.source_id JOIN input_tags t ON t.input_uuid = i.input_uuid"));
    }

    [Fact]
    public async Task Open_TwoWritersAtOnce_LoseNothing()
    {
        var writers = Enumerable.Range(0, 2).Select(w => Task.Run(async () =>
        {
            using var store = _place.OpenDatabase();
            var run = await store.CreateRunAsync(new NewRun("shared", null, new string((char)('a' + w), 32), 1, "u", new Dictionary<string, string>()), None);
            for (var i = 0; i < 20; i++)
            {
                await store.LogBatchAsync(run.RunId, Metrics(new MetricPoint("m", i, i, i)), None);
            }
        }));
        await Task.WhenAll(writers);

        Assert.Equal(["20", "20"], Rows("SELECT CAST(COUNT(*) AS TEXT) FROM metrics GROUP BY run_uuid"));
        Assert.Equal(["2"], Rows("SELECT CAST(COUNT(*) AS TEXT) FROM experiments"));
    }

    [Fact]
    public async Task Dispose_AfterWriting_LeavesOneFile()
    {
        var store = _place.OpenDatabase();
        await CreateAsync(store);

        store.Dispose();

        var left = new FileInfo(_place.Database + "-wal");
        Assert.False(left.Exists && left.Length > 0);
    }

    [Fact]
    public void Open_NewerRevisionWithDefaults_IsUsedWithANotice()
    {
        _place.OpenDatabase().Dispose();
        Run("ALTER TABLE experiments ADD COLUMN workspace VARCHAR(63) DEFAULT 'default' NOT NULL; UPDATE alembic_version SET version_num = 'ffffffffffff'");

        using var store = _place.OpenDatabase();

        Assert.Contains("revision ffffffffffff", store.Open(), StringComparison.Ordinal);
        Assert.Equal(["ffffffffffff"], Rows("SELECT version_num FROM alembic_version"));
    }

    [Theory]
    [InlineData("CREATE TABLE t2 AS SELECT * FROM runs; DROP TABLE runs; CREATE TABLE runs (run_uuid TEXT, must_fill TEXT NOT NULL)",
        "has no column 'runs.name'")]
    [InlineData("DROP TABLE tags; CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT, must_fill TEXT NOT NULL)",
        "its column 'tags.must_fill' must be filled")]
    [InlineData("DROP TABLE input_tags", "has no table 'input_tags'")]
    [InlineData("DROP TABLE alembic_version", "not an MLflow store")]
    public void Open_ForeignTables_RefusesAndSaysWhatToDo(string change, string expected)
    {
        _place.OpenDatabase().Dispose();
        Run("PRAGMA foreign_keys=OFF; " + change);

        var fault = Assert.Throws<ConfigurationException>(() => _place.Start());

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Contains("tracking.uri", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoDatabase_Refuses()
    {
        File.WriteAllText(_place.Database, new string('x', 5000));

        var fault = Assert.Throws<ConfigurationException>(() => _place.Start());

        Assert.Contains("no intact SQLite database", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderThatCannotBeMade_Refuses()
    {
        var inTheWay = _place.WriteFile("file", "");
        _place.Settings = _place.Settings with { Uri = $"sqlite:///{inTheWay}/mlflow.db" };

        var fault = Assert.Throws<ConfigurationException>(() => _place.Start());

        Assert.Contains("cannot be opened", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ReadOnlyFolder_Refuses()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a folder that nobody, not even root, can write: /proc");
        _place.Settings = _place.Settings with { Uri = "sqlite:////proc/mlflow.db" };

        var fault = Assert.Throws<ConfigurationException>(() => _place.Start());

        Assert.Contains("cannot be opened for writing", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoreArtifact_RelativeLocation_IsBesideTheDatabase()
    {
        using var store = _place.OpenDatabase();
        var run = new StoredRun("r", "1", "n", RunStatus.Running, 1, null, "mlartifacts/1/r/artifacts", false);
        var elsewhere = Directory.CreateDirectory(Path.Combine(_place.Folder, "elsewhere")).FullName;
        File.WriteAllText(Path.Combine(elsewhere, "content"), "content");

        await store.StoreArtifactAsync(run, Path.Combine(elsewhere, "content"), "a/b.txt", CancellationToken.None);

        Assert.Equal("content", File.ReadAllText(Path.Combine(_place.Folder, "mlartifacts", "1", "r", "artifacts", "a", "b.txt")));
    }

    [Fact]
    public void Start_DeletedExperiment_SaysHowToRestoreIt()
    {
        _place.Start().End(RunOutcome.Finished);
        Run("UPDATE experiments SET lifecycle_stage = 'deleted' WHERE name = 'pretraining'");

        var fault = Assert.Throws<ConfigurationException>(() => _place.Start());

        Assert.Contains("mlflow experiments restore -x 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_DeletedRunResumed_SaysHowToRestoreIt()
    {
        var run = _place.Start();
        run.End(RunOutcome.Finished);
        Run("UPDATE runs SET lifecycle_stage = 'deleted'");

        var fault = Assert.Throws<ConfigurationException>(() =>
            _place.Start(new RunDescription("pretraining", null, new Dictionary<string, string>()) { ResumeRunId = run.RunId }));

        Assert.Contains("is deleted", fault.Message, StringComparison.Ordinal);
    }

    private static Task<StoredRun> CreateAsync(SqliteStore store) =>
        store.CreateRunAsync(new NewRun("e", "n", Guid.NewGuid().ToString("N"), 1, "u", new Dictionary<string, string>()), None);

    private static RunBatch Metrics(params MetricPoint[] points) => new(points, new Dictionary<string, string>(), new Dictionary<string, string>());

    private static RunBatch Params(params (string Key, string Value)[] pairs) =>
        new([], pairs.ToDictionary(p => p.Key, p => p.Value), new Dictionary<string, string>());

    private List<string> Rows(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_place.Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private void Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_place.Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
