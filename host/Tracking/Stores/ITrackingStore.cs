namespace Parallax.Host.Tracking;

/// <summary>
/// A place that keeps runs. Everything may throw <see cref="StoreException"/>; everything but the creation of a run may be repeated without harm.
/// </summary>
internal interface ITrackingStore : IModelStore, IDisposable
{
    /// <summary>Makes the store ready; every other call does it where it was not done, or failed. A database file is created when it is missing.</summary>
    /// <returns>Something the user should know about the store; null when there is nothing.</returns>
    /// <exception cref="ConfigurationException">The environment asks for something impossible.</exception>
    string? Open();

    /// <summary>Creates the run, and its experiment when missing.</summary>
    Task<StoredRun> CreateRunAsync(NewRun run, CancellationToken cancellation);

    /// <summary>The run that was created with this key, or null. Asked before a creation whose answer may have been lost is repeated.</summary>
    /// <param name="experiment">Name of its experiment; null looks in all.</param>
    /// <param name="runKey">The key.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<StoredRun?> FindByKeyAsync(string? experiment, string runKey, CancellationToken cancellation);

    /// <summary>The run with this identifier, or null.</summary>
    Task<StoredRun?> FindRunAsync(string runId, CancellationToken cancellation);

    /// <summary>Runs of any experiment that name this one as the run they are part of.</summary>
    Task<IReadOnlyList<StoredRun>> FindChildrenAsync(string parentRunId, CancellationToken cancellation);

    /// <summary>The newest runs first.</summary>
    /// <param name="experiment">Only this experiment; null for all.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<IReadOnlyList<StoredRun>> SearchRunsAsync(string? experiment, int limit, CancellationToken cancellation);

    /// <summary>All points of one metric, ordered by timestamp, step and value.</summary>
    Task<IReadOnlyList<MetricPoint>> ReadHistoryAsync(string runId, string key, CancellationToken cancellation);

    /// <summary>Stores a batch within the limits of MLflow: 1000 metrics, 100 parameters, 100 tags, 1000 of all, a body of 1,000,000 bytes.</summary>
    Task LogBatchAsync(string runId, RunBatch batch, CancellationToken cancellation);

    /// <summary>Says what data a run read.</summary>
    Task LogDatasetAsync(string runId, DatasetEntry dataset, CancellationToken cancellation);

    /// <summary>Stores a copy of a file. Readers see the whole of it or nothing.</summary>
    Task StoreArtifactAsync(StoredRun run, string file, string artifactPath, CancellationToken cancellation);

    /// <summary>Names of the files in one folder of a run's files; none where there is no such folder, or where its files cannot be reached.</summary>
    Task<IReadOnlyList<string>> ListArtifactsAsync(StoredRun run, string folder, CancellationToken cancellation);

    /// <summary>The content of one of a run's files; null when it is not there, or cannot be reached.</summary>
    Task<byte[]?> ReadArtifactAsync(StoredRun run, string artifactPath, CancellationToken cancellation);

    /// <summary>Sets the state. <paramref name="endTime"/> goes with every state that is final.</summary>
    Task SetStatusAsync(string runId, string status, long? endTime, CancellationToken cancellation);
}
