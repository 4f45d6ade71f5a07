namespace Parallax.Host.Tracking;

/// <summary>A place that keeps runs. Everything may throw <see cref="StoreException"/>; everything but the creation of a run may be repeated without harm.</summary>
internal interface ITrackingStore : IDisposable
{
    /// <summary>Creates the run, and its experiment when missing.</summary>
    Task<StoredRun> CreateRunAsync(NewRun run, CancellationToken cancellation);

    /// <summary>The run of an experiment that was created with this key, or null. Asked before a creation whose answer may have been lost is repeated.</summary>
    Task<StoredRun?> FindByKeyAsync(string experiment, string runKey, CancellationToken cancellation);

    /// <summary>The run with this identifier, or null.</summary>
    Task<StoredRun?> FindRunAsync(string runId, CancellationToken cancellation);

    /// <summary>The newest runs first.</summary>
    /// <param name="experiment">Only this experiment; null for all.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<IReadOnlyList<StoredRun>> SearchRunsAsync(string? experiment, int limit, CancellationToken cancellation);

    /// <summary>All points of one metric, ordered by timestamp, step and value.</summary>
    Task<IReadOnlyList<MetricPoint>> ReadHistoryAsync(string runId, string key, CancellationToken cancellation);

    /// <summary>Stores a batch within the limits of <see cref="BatchLimits"/>.</summary>
    Task LogBatchAsync(string runId, RunBatch batch, CancellationToken cancellation);

    /// <summary>Says what data a run read.</summary>
    Task LogDatasetAsync(string runId, DatasetEntry dataset, CancellationToken cancellation);

    /// <summary>Stores a file. The store may move it instead of copying it.</summary>
    Task StoreArtifactAsync(StoredRun run, string file, string artifactPath, CancellationToken cancellation);

    /// <summary>Sets the state. <paramref name="endTime"/> goes with every state that is final.</summary>
    Task SetStatusAsync(string runId, string status, long? endTime, CancellationToken cancellation);
}
