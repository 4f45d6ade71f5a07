namespace Parallax.Host.Tracking;

/// <summary>A store that could not be opened yet: every call tries again first. For one thread, and another one after it.</summary>
/// <param name="open">Opens the store.</param>
internal sealed class LateStore(Func<ITrackingStore> open) : ITrackingStore
{
    private readonly Lock _gate = new();
    private ITrackingStore? _store;

    /// <inheritdoc/>
    public Task<StoredRun> CreateRunAsync(NewRun run, CancellationToken cancellation) => CallAsync(s => s.CreateRunAsync(run, cancellation));

    /// <inheritdoc/>
    public Task<StoredRun?> FindByKeyAsync(string? experiment, string runKey, CancellationToken cancellation) =>
        CallAsync(s => s.FindByKeyAsync(experiment, runKey, cancellation));

    /// <inheritdoc/>
    public Task<StoredRun?> FindRunAsync(string runId, CancellationToken cancellation) => CallAsync(s => s.FindRunAsync(runId, cancellation));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredRun>> FindChildrenAsync(string parentRunId, CancellationToken cancellation) =>
        CallAsync(s => s.FindChildrenAsync(parentRunId, cancellation));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredRun>> SearchRunsAsync(string? experiment, int limit, CancellationToken cancellation) =>
        CallAsync(s => s.SearchRunsAsync(experiment, limit, cancellation));

    /// <inheritdoc/>
    public Task<IReadOnlyList<MetricPoint>> ReadHistoryAsync(string runId, string key, CancellationToken cancellation) =>
        CallAsync(s => s.ReadHistoryAsync(runId, key, cancellation));

    /// <inheritdoc/>
    public async Task LogBatchAsync(string runId, RunBatch batch, CancellationToken cancellation) => await Open().LogBatchAsync(runId, batch, cancellation);

    /// <inheritdoc/>
    public async Task LogDatasetAsync(string runId, DatasetEntry dataset, CancellationToken cancellation) =>
        await Open().LogDatasetAsync(runId, dataset, cancellation);

    /// <inheritdoc/>
    public async Task StoreArtifactAsync(StoredRun run, string file, string artifactPath, CancellationToken cancellation) =>
        await Open().StoreArtifactAsync(run, file, artifactPath, cancellation);

    /// <inheritdoc/>
    public async Task SetStatusAsync(string runId, string status, long? endTime, CancellationToken cancellation) =>
        await Open().SetStatusAsync(runId, status, endTime, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _store?.Dispose();

    private async Task<T> CallAsync<T>(Func<ITrackingStore, Task<T>> call) => await call(Open());

    private ITrackingStore Open()
    {
        lock (_gate)
        {
            try
            {
                return _store ??= open();
            }
            catch (Contracts.ConfigurationException e)   // for example a certificate that changed
            {
                throw new StoreException(StoreFailure.Refused, e.Message, e);
            }
        }
    }
}
