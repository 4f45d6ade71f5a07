namespace Parallax.Host.Tracking;

/// <summary>Logs models with runs that are there already, which stay as they are: by a journal, so that a store that is away gets them later.</summary>
/// <param name="spool">The folder of journals.</param>
/// <param name="replay">Sends them.</param>
/// <param name="address">The store.</param>
/// <param name="storeAt">Opens it.</param>
/// <param name="experiment">Experiment of runs that have none.</param>
/// <param name="time">Clock.</param>
internal sealed class ModelLog(
    SpoolFolder spool, SpoolReplay replay, TrackingAddress address, Func<TrackingAddress, ITrackingStore> storeAt, string experiment, TimeProvider time)
{
    /// <summary>Logs a model, and registers it where it says so.</summary>
    /// <param name="runId">The run that made it.</param>
    /// <param name="model">The model.</param>
    /// <param name="folder">The folder with its files; not needed afterwards.</param>
    /// <exception cref="ConfigurationException">There is no such run, or the spool cannot be written.</exception>
    public LoggedVersion Log(string runId, ModelEntry model, string folder)
    {
        RequireRun(runId);
        var kept = Keep(runId, model, folder);
        var problem = Wait(() => replay.SendAsync([kept], SendMode.Sync, CancellationToken.None)).Single().Problem;
        var version = problem is null && model.RegisteredName is { } name ? FindVersion(name, model.Key) : null;

        return new(address.Display, version, problem);
    }

    // Before anything is kept. A store that is away says nothing about the run.
    private void RequireRun(string runId)
    {
        var known = spool.ResolveLocalId(runId) ?? runId;
        try
        {
            if (spool.Find(runId, address.Display) is null && Wait(() => WithStore(async store =>
                await store.FindRunAsync(known, CancellationToken.None) ?? await store.FindByKeyAsync(null, runId, CancellationToken.None))) is null)
            {
                throw new ConfigurationException($"Run {runId} is not in {address.Display}, so no model can be logged with it. Name the store that has it with "
                    + "--set tracking.uri=... or MLFLOW_TRACKING_URI; 'parallax runs' lists the runs of a store.");
            }
        }
        catch (StoreException)
        {
            // Whoever sends the model says so.
        }
    }

    // Null too when the store is away by now.
    private ModelVersion? FindVersion(string name, string key)
    {
        try
        {
            return Wait(() => WithStore(store => store.FindVersionAsync(name, key, CancellationToken.None)));
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private string Keep(string runId, ModelEntry model, string folder)
    {
        try
        {
            using var journal = OpenJournal(runId);
            journal.Append(new JournalEvent(EventKind.Model) { Key = model.Name, Model = model.WithFiles(folder, journal.AddFile) });

            return journal.Folder;
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e))
        {
            throw new ConfigurationException($"The folder {spool.Path} for values on their way to the tracking store cannot be written: {RunFile.Reason(e)} "
                + "Make room there, make it writable, or set tracking.spool to another folder.");
        }
    }

    // What is left of the run goes first; what is left of it for another store stays for that one.
    private RunJournal OpenJournal(string runId) =>
        (spool.Find(runId, address.Display) is { } left ? RunJournal.TryOpen(left) : null) ?? spool.Create(new(
            address.Display, Guid.NewGuid().ToString("N"), experiment, null, time.GetUtcNow().ToUnixTimeMilliseconds(), Environment.UserName,
            new Dictionary<string, string>(), runId, null));

    private async Task<T> WithStore<T>(Func<ITrackingStore, Task<T>> ask)
    {
        using var store = storeAt(address);
        store.Open();

        return await ask(store);
    }

    private static T Wait<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}

/// <summary>What became of a model.</summary>
/// <param name="Store">The store.</param>
/// <param name="Version">The version that it has in the registry; null where it was not registered, or where the store does not show it.</param>
/// <param name="Problem">Why it is kept on disk and sent later; null when it is in the store.</param>
internal sealed record LoggedVersion(string Store, ModelVersion? Version, string? Problem);
