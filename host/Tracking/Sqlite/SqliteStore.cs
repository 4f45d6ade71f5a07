using Microsoft.Data.Sqlite;

namespace Parallax.Host.Tracking;

/// <summary>The embedded store: a SQLite file that <c>mlflow ui</c> opens. Calls are short and run on the caller's thread, one at a time.</summary>
/// <param name="time">Clock.</param>
/// <param name="databaseFile">Absolute path; the file is opened by the first call.</param>
internal sealed class SqliteStore(string databaseFile, TimeProvider time) : ITrackingStore
{
    /// <summary>Name of the folder beside the file that holds the files of runs.</summary>
    public const string ArtifactFolder = "mlartifacts";

    private readonly Lock _gate = new();

    // Not "mlruns": a folder of that name beside the file makes MLflow prefer the old file store.
    private readonly string _artifactRoot = new Uri(Path.Combine(Path.GetDirectoryName(databaseFile)!, ArtifactFolder)).AbsoluteUri;
    private SqliteDatabase? _opened;
    private string? _notice;
    private bool _isDisposed;

    private SqliteDatabase Database => _opened ??= OpenDatabase();

    private SqliteRunReader Reader => new(Database);

    private SqliteModels Models => new(Database, Now());

    /// <inheritdoc/>
    public string? Open()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _ = Database;
            return _notice;
        }
    }

    /// <inheritdoc/>
    public Task<StoredRun> CreateRunAsync(NewRun run, CancellationToken cancellation) => Locked(() =>
    {
        Database.InTransaction(() =>
        {
            if (Reader.Find(run.RunKey) is null)
            {
                InsertRun(run, ExperimentFor(run.Experiment));
            }
        });
        return Reader.Find(run.RunKey)!;
    });

    /// <inheritdoc/>
    public Task<StoredRun?> FindByKeyAsync(string? experiment, string runKey, CancellationToken cancellation) =>
        FindRunAsync(runKey, cancellation);   // here the client chooses the identifier

    /// <inheritdoc/>
    public Task<StoredRun?> FindRunAsync(string runId, CancellationToken cancellation) => Locked(() => Reader.Find(runId));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredRun>> FindChildrenAsync(string parentRunId, CancellationToken cancellation) =>
        Locked(() => Reader.Children(parentRunId));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredRun>> SearchRunsAsync(string? experiment, int limit, CancellationToken cancellation) =>
        Locked(() => Reader.Search(experiment, limit));

    /// <inheritdoc/>
    public Task<IReadOnlyList<MetricPoint>> ReadHistoryAsync(string runId, string key, CancellationToken cancellation) =>
        Locked(() => Reader.History(runId, key));

    /// <inheritdoc/>
    public Task LogBatchAsync(string runId, RunBatch batch, CancellationToken cancellation) => Write(runId, () =>
    {
        foreach (var (key, value) in batch.Params)
        {
            InsertParam(runId, key, value);
        }

        foreach (var (key, value) in batch.Tags)
        {
            SetTag(runId, key, value);
        }

        foreach (var point in batch.Metrics)
        {
            InsertMetric(runId, point);
        }
    });

    /// <inheritdoc/>
    public Task LogDatasetAsync(string runId, DatasetEntry dataset, CancellationToken cancellation) => Write(runId, () =>
    {
        var experiment = Database.Scalar("SELECT experiment_id FROM runs WHERE run_uuid = $a", runId);
        Database.Insert(
            "datasets", "dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source, dataset_schema, dataset_profile",
            NewId(), experiment, dataset.Name, dataset.Digest, dataset.SourceType, dataset.Source, dataset.Schema, dataset.Profile);
        var id = Database.Scalar(
            "SELECT dataset_uuid FROM datasets WHERE experiment_id = $a AND name = $b AND digest = $c", experiment, dataset.Name, dataset.Digest);
        var input = NewId();
        if (Database.Insert("inputs", "input_uuid, source_type, source_id, destination_type, destination_id", input, "DATASET", id, "RUN", runId))
        {
            Database.Execute("INSERT INTO input_tags (input_uuid, name, value) VALUES ($a, 'mlflow.data.context', $b)", input, dataset.Context);
        }
    });

    /// <inheritdoc/>
    public Task StoreArtifactAsync(StoredRun run, string file, string artifactPath, CancellationToken cancellation)
    {
        var folder = FolderOf(run) ?? throw new StoreException(
            StoreFailure.Rejected, $"The artifact location {run.ArtifactUri} of the run is no local folder; log to an MLflow server that serves it.");
        LocalArtifacts.Store(folder, file, artifactPath);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListArtifactsAsync(StoredRun run, string folder, CancellationToken cancellation) =>
        FolderOf(run) is { } files ? await Task.Run(() => LocalArtifacts.List(files, folder), cancellation) : [];

    /// <inheritdoc/>
    public async Task<byte[]?> ReadArtifactAsync(StoredRun run, string artifactPath, CancellationToken cancellation) =>
        FolderOf(run) is { } files ? await Task.Run(() => LocalArtifacts.Read(files, artifactPath), cancellation) : null;

    /// <inheritdoc/>
    public Task SetStatusAsync(string runId, string status, long? endTime, CancellationToken cancellation) => Write(runId, () =>
        Database.Execute("UPDATE runs SET status = $a, end_time = COALESCE($b, end_time) WHERE run_uuid = $c", status, endTime, runId));

    /// <inheritdoc/>
    public async Task<LoggedModel?> BeginModelAsync(StoredRun run, ModelEntry model, bool makes, CancellationToken cancellation)
    {
        LoggedModel? logged = null;
        await Write(run.RunId, () => logged = Models.Begin(run, model, makes));
        return logged;
    }

    /// <inheritdoc/>
    public Task FinishModelAsync(StoredRun run, LoggedModel logged, long step, CancellationToken cancellation) =>
        Write(run.RunId, () => Models.Finish(run.RunId, logged, step));

    /// <inheritdoc/>
    public Task<ModelVersion?> FindVersionAsync(string name, string key, CancellationToken cancellation) => Locked(() => Models.FindVersion(name, key));

    /// <inheritdoc/>
    public async Task<ModelVersion> RegisterAsync(NewVersion version, CancellationToken cancellation)
    {
        ModelVersion? made = null;
        await Write(version.RunId, () => made = Models.Register(version));
        return made!;
    }

    /// <inheritdoc/>
    public Task SetAliasAsync(ModelVersion version, string alias, CancellationToken cancellation) => Locked(() =>
    {
        Database.InTransaction(() => Models.SetAlias(version, alias));
        return true;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _opened?.Dispose();
            _opened = null;
        }
    }

    private string? FolderOf(StoredRun run) => LocalArtifacts.Folder(run.ArtifactUri, Path.GetDirectoryName(databaseFile)!);

    private SqliteDatabase OpenDatabase()
    {
        var database = SqliteDatabase.Open(databaseFile);
        try
        {
            string?[] notices = [SqliteSchema.Prepare(database, _artifactRoot, Now()), null];
            database.Guard(() => notices[1] = MovedArtifacts.Repair(database));
            _notice = notices.Any(n => n is not null) ? string.Join(' ', notices.OfType<string>()) : null;
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private long ExperimentFor(string name)
    {
        var number = ExperimentReference.IdOf(name);
        var found = Database.Query(
            r => (Id: r.GetInt64(0), Stage: r.GetString(1), Name: r.GetString(2)),
            "SELECT experiment_id, lifecycle_stage, name FROM experiments WHERE " + (number is null ? "name = $a" : "CAST(experiment_id AS TEXT) = $a"),
            number ?? name);
        if (found is [var experiment])
        {
            return experiment.Stage == "active"
                ? experiment.Id
                : throw new StoreException(StoreFailure.Refused, $"The experiment '{experiment.Name}' in {databaseFile} is deleted, and its name stays " +
                    $"taken. Restore it with 'mlflow experiments restore -x {experiment.Id}', or set another tracking.experiment.");
        }

        if (number is not null)
        {
            throw new StoreException(StoreFailure.Refused, $"There is no experiment with number {number} in {databaseFile} (MLFLOW_EXPERIMENT_ID). Name " +
                "one that is there, or use tracking.experiment, which makes it.");
        }

        var now = Now();
        Database.Execute("INSERT INTO experiments (name, lifecycle_stage, creation_time, last_update_time) VALUES ($a, 'active', $b, $b)", name, now);
        var id = (long)Database.Scalar("SELECT last_insert_rowid()")!;
        Database.Execute("UPDATE experiments SET artifact_location = $a WHERE experiment_id = $b", $"{_artifactRoot}/{id}", id);
        return id;
    }

    private void InsertRun(NewRun run, long experiment)
    {
        var name = run.Name ?? "run-" + run.RunKey[..8];
        var location = Database.Scalar("SELECT artifact_location FROM experiments WHERE experiment_id = $a", experiment);
        Database.Execute(
            "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, source_version, user_id, status, start_time, lifecycle_stage, " +
            "artifact_uri, experiment_id) VALUES ($a, $b, 'UNKNOWN', '', '', '', $c, 'RUNNING', $d, 'active', $e, $f)",
            run.RunKey, name, run.User, run.StartTime, $"{location}/{run.RunKey}/artifacts", experiment);
        foreach (var (key, value) in run.Tags)
        {
            SetTag(run.RunKey, key, value);
        }

        SetTag(run.RunKey, "mlflow.runName", name);
        SetTag(run.RunKey, MlflowTags.User, run.User);
    }

    private void InsertParam(string runId, string key, string value)
    {
        var cut = KeyRules.Cut(value, KeyRules.MaxParamLength);
        if (Database.Insert("params", "key, value, run_uuid", key, cut, runId))
        {
            return;
        }

        var stored = (string?)Database.Scalar("SELECT value FROM params WHERE key = $a AND run_uuid = $b", key, runId);
        if (stored != cut)
        {
            throw new StoreException(
                StoreFailure.Rejected, $"Parameter '{key}' of run {runId} is '{stored}' and cannot become '{value}': parameters are written once.");
        }
    }

    private void SetTag(string runId, string key, string value) => Database.Execute(
        "INSERT INTO tags (key, value, run_uuid) VALUES ($a, $b, $c) ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value",
        key, KeyRules.Cut(value, KeyRules.MaxTagLength), runId);

    private void InsertMetric(string runId, MetricPoint point)
    {
        var isNan = double.IsNaN(point.Value);
        var value = isNan ? 0 : Math.Clamp(point.Value, double.MinValue, double.MaxValue);
        Database.Insert("metrics", "key, value, timestamp, run_uuid, step, is_nan", point.Key, value, point.Timestamp, runId, point.Step, isNan);
        Database.Execute(
            "INSERT INTO latest_metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ($a, $b, $c, $d, $e, $f) " +
            "ON CONFLICT (key, run_uuid) DO UPDATE SET " +
            "value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan " +
            "WHERE (excluded.step, excluded.timestamp, excluded.value) > (step, timestamp, value)",
            point.Key, value, point.Timestamp, runId, point.Step, isNan);
    }

    private Task<bool> Write(string runId, Action action) => Locked(() =>
    {
        Database.InTransaction(() =>
        {
            var stage = (string?)Database.Scalar("SELECT lifecycle_stage FROM runs WHERE run_uuid = $a", runId);
            if (stage != "active")
            {
                throw new StoreException(
                    StoreFailure.Refused, $"Run {runId} in {databaseFile} {(stage is null ? "does not exist" : "is deleted")}; nothing can be logged to it.");
            }

            action();
        });
        return true;
    });

    private Task<T> Locked<T>(Func<T> action)
    {
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                RequireFile();
                T result = default!;
                Database.Guard(() => result = action());
                return Task.FromResult(result);
            }
        }
        catch (StoreException e)
        {
            return Task.FromException<T>(e);
        }
    }

    private void RequireFile()
    {
        if (Database.HasMoved)
        {
            throw new StoreException(StoreFailure.Refused, $"The tracking file {databaseFile} was deleted, moved or replaced while a run wrote "
                + "to it. Put it back, or let 'parallax runs sync' write the run anew.");
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static string NewId() => Guid.NewGuid().ToString("N");
}
