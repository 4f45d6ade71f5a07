namespace Parallax.Host.Tracking;

/// <summary>Reads runs and curves of a store. What goes wrong is a <see cref="ConfigurationException"/>: the user asks, not a training.</summary>
internal sealed class RunReader(ITrackingStore store, TrackingAddress address, SpoolFolder spool) : IDisposable
{
    private const int SearchDepth = 1000;

    /// <summary>The store, without credentials.</summary>
    public string Address => address.Display;

    /// <summary>The newest runs first.</summary>
    /// <param name="experiment">Only this experiment; null for all.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<IReadOnlyList<StoredRun>> ListAsync(string? experiment, int limit, CancellationToken cancellation) =>
        AskAsync(() => store.SearchRunsAsync(experiment, limit, cancellation));

    /// <summary>
    /// The run with this identifier (of the store, or the local one of a run that began without a server), or the only one of the newest runs
    /// that begins so; null when there is none.
    /// </summary>
    /// <exception cref="ConfigurationException">Several runs begin so.</exception>
    public async Task<StoredRun?> FindAsync(string runId, CancellationToken cancellation)
    {
        if (await AskAsync(() => store.FindRunAsync(spool.ResolveLocalId(runId) ?? runId, cancellation)) is { } exact)
        {
            return exact;
        }

        var runs = await ListAsync(null, SearchDepth, cancellation);

        return RunIds.Find(runId, runs.Select(run => run.RunId), Address) is { } found ? runs.First(run => run.RunId == found) : null;
    }

    /// <summary>All points of one metric, ordered by timestamp, step and value.</summary>
    public Task<IReadOnlyList<MetricPoint>> HistoryAsync(string runId, string key, CancellationToken cancellation) =>
        AskAsync(() => store.ReadHistoryAsync(runId, key, cancellation));

    /// <summary>What <c>evaluate</c> measured on a run after its training.</summary>
    public async Task<IReadOnlyList<LaterNumber>> LaterNumbersAsync(StoredRun run, CancellationToken cancellation) =>
        LaterNumber.NewestOf(run, await AskAsync(() => store.FindChildrenAsync(run.RunId, cancellation)));

    /// <summary>Names of the files in one folder of a run's files; none where there is no such folder, or where its files cannot be reached.</summary>
    public Task<IReadOnlyList<string>> ListFilesAsync(StoredRun run, string folder, CancellationToken cancellation) =>
        AskAsync(() => store.ListArtifactsAsync(run, folder, cancellation));

    /// <summary>The content of one of a run's files; null when it is not there, or cannot be reached.</summary>
    public Task<byte[]?> ReadFileAsync(StoredRun run, string path, CancellationToken cancellation) =>
        AskAsync(() => store.ReadArtifactAsync(run, path, cancellation));

    /// <inheritdoc/>
    public void Dispose() => store.Dispose();

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (StoreException e)
        {
            throw new ConfigurationException($"The tracking store cannot be read: {e.Message}");
        }
    }
}
