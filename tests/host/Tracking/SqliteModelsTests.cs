using Microsoft.Data.Sqlite;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>Models and the registry in tracking files of MLflow 2.8 and 3.</summary>
public sealed class SqliteModelsTests : IDisposable
{
    // What the migrations 400f98739977 and 6953534de441 of MLflow 3.0 add, as far as models need it.
    private const string Mlflow3 = """
        CREATE TABLE logged_models (model_id VARCHAR(36) NOT NULL, experiment_id INTEGER NOT NULL, name VARCHAR(500) NOT NULL,
            artifact_location VARCHAR(1000) NOT NULL, creation_timestamp_ms BIGINT NOT NULL, last_updated_timestamp_ms BIGINT NOT NULL,
            status INTEGER NOT NULL, lifecycle_stage VARCHAR(32), model_type VARCHAR(500), source_run_id VARCHAR(32), status_message VARCHAR(1000),
            CONSTRAINT logged_models_pk PRIMARY KEY (model_id), CHECK (lifecycle_stage IN ('active', 'deleted')),
            FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id));
        CREATE TABLE logged_model_params (model_id VARCHAR(36) NOT NULL, experiment_id INTEGER NOT NULL, param_key VARCHAR(255) NOT NULL,
            param_value TEXT NOT NULL, CONSTRAINT logged_model_params_pk PRIMARY KEY (model_id, param_key),
            FOREIGN KEY(model_id) REFERENCES logged_models (model_id));
        CREATE TABLE logged_model_tags (model_id VARCHAR(36) NOT NULL, experiment_id INTEGER NOT NULL, tag_key VARCHAR(255) NOT NULL,
            tag_value TEXT NOT NULL, CONSTRAINT logged_model_tags_pk PRIMARY KEY (model_id, tag_key),
            FOREIGN KEY(model_id) REFERENCES logged_models (model_id));
        ALTER TABLE inputs ADD COLUMN step BIGINT DEFAULT '0' NOT NULL;
        UPDATE alembic_version SET version_num = '6953534de441';
        """;

    private const string Key = "0123456789abcdef0123456789abcdef";
    private readonly TrackingWorkplace _place = new();
    private readonly ModelEntry _model = ModelFileTests.Entry;

    public SqliteModelsTests()
    {
        Directory.CreateDirectory(Folder);
        _place.WriteFile("a model/model.onnx", "the graph");
    }

    private string Folder => Path.Combine(_place.Folder, "a model");

    private string Root => $"{new Uri(_place.Folder).AbsoluteUri}/mlartifacts/1";

    public void Dispose() => _place.Dispose();

    [Fact]
    public void LogModel_InAFileOfMlflow28_IsAFolderOfTheRunThatATagNames()
    {
        var runId = LogOnce();

        Assert.Equal(["MLmodel", "model.onnx"], FilesIn($"{runId}/artifacts/model"));
        Assert.Equal(
            ModelFile.Text(_model, runId, "model", null),
            File.ReadAllText(Path.Combine(_place.Folder, "mlartifacts", "1", runId, "artifacts", "model", "MLmodel")));
        Assert.Equal(
            $"[{ModelFile.Record(_model, runId, "model").ToJsonString()}]",
            Assert.Single(Rows($"SELECT value FROM tags WHERE key = '{ModelSender.HistoryTag}'")));
    }

    [Fact]
    public void LogModel_InAFileOfMlflow3_IsTheRowsOfAServer()
    {
        _place.OpenDatabase().Dispose();
        Execute(Mlflow3);

        var runId = LogOnce();
        Log(runId, _model);   // the same once more

        Assert.Equal(["MLmodel", "model.onnx"], FilesIn($"models/m-{Key}/artifacts"));
        Assert.Equal(
            [$"m-{Key}|1|simclr-resnet20|{Root}/models/m-{Key}/artifacts|2|active|{runId}"],
            Rows("SELECT model_id || '|' || experiment_id || '|' || name || '|' || artifact_location || '|' || status || '|' || lifecycle_stage || '|' || "
                + "source_run_id FROM logged_models"));
        Assert.Equal([$"m-{Key}|1|method|simclr"], Rows("SELECT model_id || '|' || experiment_id || '|' || param_key || '|' || param_value FROM "
            + "logged_model_params"));
        Assert.Equal([$"{ModelNames.KeyTag}|{Key}"], Rows("SELECT tag_key || '|' || tag_value FROM logged_model_tags"));
        Assert.Equal([$"RUN_OUTPUT|{runId}|MODEL_OUTPUT|m-{Key}|64"], Rows("SELECT source_type || '|' || source_id || '|' || destination_type || '|' || "
            + "destination_id || '|' || step FROM inputs"));
        Assert.Empty(Rows($"SELECT value FROM tags WHERE key = '{ModelSender.HistoryTag}'"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Log_Registered_IsTheRowsOfAServer(bool isOfMlflow3)
    {
        _place.OpenDatabase().Dispose();
        Execute(isOfMlflow3 ? Mlflow3 : "SELECT 1");
        var runId = LogOnce();
        var ended = Rows("SELECT status || '|' || end_time FROM runs");

        var first = Log(runId, _model with { RegisteredName = "backbones", Alias = "champion" });
        var again = Log(runId, _model with { RegisteredName = "backbones" });
        var second = Log(runId, _model with { Key = "another", RegisteredName = "backbones", Alias = "champion" });

        Assert.Equal(new LoggedVersion($"sqlite:///{_place.Database}", new("backbones", "1"), null), first);
        Assert.Equal(first, again);
        Assert.Equal(new("backbones", "2"), second.Version);
        Assert.Equal(["backbones"], Rows("SELECT name FROM registered_models"));
        Assert.Equal(["champion|2|backbones"], Rows("SELECT alias || '|' || version || '|' || name FROM registered_model_aliases"));
        string[] sources = isOfMlflow3 ? [$"models:/m-{Key}", "models:/m-another"] : [$"{Root}/{runId}/artifacts/model", $"{Root}/{runId}/artifacts/model-2"];
        string[] locations = isOfMlflow3 ? [$"{Root}/models/m-{Key}/artifacts", $"{Root}/models/m-another/artifacts"] : sources;
        Assert.Equal(
            [$"1|None|{sources[0]}|{runId}|READY|{locations[0]}", $"2|None|{sources[1]}|{runId}|READY|{locations[1]}"],
            Rows("SELECT version || '|' || current_stage || '|' || source || '|' || run_id || '|' || status || '|' || storage_location FROM model_versions "
                + "ORDER BY version"));
        Assert.Equal(
            isOfMlflow3 ? [$"m-{Key}|[{{\"name\":\"backbones\",\"version\":1}}]", "m-another|[{\"name\":\"backbones\",\"version\":2}]"] : [],
            isOfMlflow3 ? Rows("SELECT model_id || '|' || tag_value FROM logged_model_tags WHERE tag_key = 'mlflow.modelVersions' ORDER BY tag_value") : []);
        Assert.Equal(ended, Rows("SELECT status || '|' || end_time FROM runs"));
        Assert.Empty(_place.Spool.Journals());
    }

    private string LogOnce()
    {
        var run = _place.Start();
        run.LogModel(_model, Folder);
        run.End(RunOutcome.Finished);

        return run.RunId;
    }

    private LoggedVersion Log(string runId, ModelEntry model)
    {
        var address = _place.Stores.Resolve(_place.Settings.Uri);

        return new ModelLog(_place.Spool, _place.Replay(), address, _place.Stores.At, "pretraining", _place.Time).Log(runId, model, Folder);
    }

    private IEnumerable<string> FilesIn(string folder) => Directory.EnumerateFiles(Path.Combine(_place.Folder, "mlartifacts", "1", folder))
        .Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    private void Execute(string sql) => WithDatabase(command => command.ExecuteNonQuery(), sql);

    private List<string> Rows(string sql) => WithDatabase(
        command =>
        {
            using var reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read())
            {
                rows.Add(reader.GetString(0));
            }

            return rows;
        }, sql);

    private T WithDatabase<T>(Func<SqliteCommand, T> run, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_place.Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;

        return run(command);
    }
}
