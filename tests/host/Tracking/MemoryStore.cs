using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>A store in memory that can go away after a number of calls.</summary>
internal sealed class MemoryStore : ITrackingStore
{
    private StoredRun? _run;

    public int CallsUntilFailure { get; set; } = int.MaxValue;

    public int Creations { get; private set; }

    public List<MetricPoint> Points { get; } = [];

    public Dictionary<string, string> Params { get; } = [];

    public string Status { get; private set; } = "";

    public string? Open() => null;

    public Task<StoredRun> CreateRunAsync(NewRun run, CancellationToken cancellation) => Call(() =>
    {
        Creations++;
        Status = RunStatus.Running;
        _run = new StoredRun(run.RunKey, "1", "n", Status, 1, null, "/nowhere", false);
        return _run;
    });

    public Task<StoredRun?> FindByKeyAsync(string? experiment, string runKey, CancellationToken cancellation) => Call(Current);

    public Task<StoredRun?> FindRunAsync(string runId, CancellationToken cancellation) => Call(Current);

    public Task<IReadOnlyList<StoredRun>> FindChildrenAsync(string parentRunId, CancellationToken cancellation) => Call<IReadOnlyList<StoredRun>>(() => []);

    public Task<IReadOnlyList<StoredRun>> SearchRunsAsync(string? experiment, int limit, CancellationToken cancellation) =>
        Call<IReadOnlyList<StoredRun>>(() => [Current()!]);

    public Task<IReadOnlyList<MetricPoint>> ReadHistoryAsync(string runId, string key, CancellationToken cancellation) =>
        Call<IReadOnlyList<MetricPoint>>(() => Points);

    public Task LogBatchAsync(string runId, RunBatch batch, CancellationToken cancellation) => Call(() =>
    {
        Points.AddRange(batch.Metrics.Except(Points).ToList());
        foreach (var (key, value) in batch.Params)
        {
            Params.Add(key, value);
        }

        return true;
    });

    public Task LogDatasetAsync(string runId, DatasetEntry dataset, CancellationToken cancellation) => Call(() => true);

    public Task StoreArtifactAsync(StoredRun run, string file, string artifactPath, CancellationToken cancellation) => Call(() => true);

    public Task<IReadOnlyList<string>> ListArtifactsAsync(StoredRun run, string folder, CancellationToken cancellation) =>
        Call<IReadOnlyList<string>>(() => []);

    public Task<byte[]?> ReadArtifactAsync(StoredRun run, string artifactPath, CancellationToken cancellation) => Call<byte[]?>(() => null);

    public Task SetStatusAsync(string runId, string status, long? endTime, CancellationToken cancellation) => Call(() =>
    {
        Status = status;
        return true;
    });

    public Task<LoggedModel?> BeginModelAsync(StoredRun run, ModelEntry model, bool makes, CancellationToken cancellation) =>
        Call<LoggedModel?>(() => null);

    public Task FinishModelAsync(StoredRun run, LoggedModel logged, long step, CancellationToken cancellation) => Call(() => true);

    public Task<ModelVersion?> FindVersionAsync(string name, string key, CancellationToken cancellation) => Call<ModelVersion?>(() => null);

    public Task<ModelVersion> RegisterAsync(NewVersion version, CancellationToken cancellation) => Call(() => new ModelVersion(version.Name, "1"));

    public Task SetAliasAsync(ModelVersion version, string alias, CancellationToken cancellation) => Call(() => true);

    public void Dispose()
    {
    }

    private StoredRun? Current() => _run is null
        ? null
        : _run with { Params = new Dictionary<string, string>(Params), Metrics = Points.GroupBy(p => p.Key)
        .ToDictionary(g => g.Key, g => g.MaxBy(p => p.Step)!) };

    private Task<T> Call<T>(Func<T> answer) =>
        CallsUntilFailure-- > 0 ? Task.FromResult(answer()) : Task.FromException<T>(new StoreException(StoreFailure.Unavailable, "away"));
}
