using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>Sends events of one journal to its run in a store. A failure goes to the caller.</summary>
/// <param name="run">The run in the store.</param>
/// <param name="journal">The journal.</param>
/// <param name="store">The store.</param>
/// <param name="logger">Told about parameters that changed.</param>
internal sealed class EventSender(StoredRun run, RunJournal journal, ITrackingStore store, ILogger logger)
{
    private static readonly JournalState Unfiltered = new();
    private StoredRun _run = run;
    private Dictionary<string, string> _knownParams = new(run.Params);
    private MetricPoint? _lastAccepted;

    public string RunId => _run.RunId;

    /// <summary>Sends events that travel together, or one that travels alone.</summary>
    /// <param name="events">The events.</param>
    /// <param name="isRepeated">True for what was refused before: its steps were compared with those of the store then.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="StoreException">The store did not take it.</exception>
    public Task SendAsync(IReadOnlyList<SpooledEvent> events, bool isRepeated, CancellationToken cancellation) =>
        events is [{ Event: { IsBatched: false } only }]
            ? SendAloneAsync(only, cancellation)
            : SendBatchAsync(events, isRepeated ? Unfiltered with { Sessions = journal.State.Sessions } : journal.State, cancellation);

    /// <summary>True when the store takes what it has already: then what it refused is at fault, not the store.</summary>
    public async Task<bool> TakesKnownValuesAsync(CancellationToken cancellation)
    {
        var user = _run.Tags.GetValueOrDefault(MlflowTags.User) ?? journal.Header.User;
        try
        {
            await store.LogBatchAsync(RunId, RunBatch.OfTag(MlflowTags.User, user, _lastAccepted is { } point ? [point] : []), cancellation);
            return true;
        }
        catch (StoreException e) when (e.Failure != StoreFailure.Unavailable)
        {
            return false;
        }
    }

    private async Task EndAsync(JournalEvent end, CancellationToken cancellation)
    {
        await store.SetStatusAsync(RunId, end.Key!, end.Time, cancellation);
        journal.Acknowledge(journal.State with { HasEnded = true });
    }

    private async Task SendBatchAsync(IReadOnlyList<SpooledEvent> events, JournalState state, CancellationToken cancellation)
    {
        var batch = BatchBuilder.Build(events, _knownParams, state, logger);
        if (batch.IsEmpty)
        {
            return;
        }

        await store.LogBatchAsync(RunId, batch, cancellation);
        _lastAccepted = batch.Metrics.Count > 0 ? batch.Metrics[^1] : _lastAccepted;
        foreach (var (key, value) in batch.Params)
        {
            _knownParams[key] = value;
        }
    }

    private Task SendAloneAsync(JournalEvent only, CancellationToken cancellation) => only.Kind switch
    {
        EventKind.Session => BeginSessionAsync(cancellation),
        EventKind.Dataset => store.LogDatasetAsync(RunId, only.Data!, cancellation),
        EventKind.Artifact => SendArtifactAsync(only, cancellation),
        EventKind.Model => new ModelSender(journal, store, logger).SendAsync(RunId, only.Model!, cancellation),
        EventKind.End => EndAsync(only, cancellation),
        _ => throw new StoreException(StoreFailure.Rejected, string.Create(CultureInfo.InvariantCulture, $"unknown kind of event {only.Kind}")),
    };

    private async Task BeginSessionAsync(CancellationToken cancellation)
    {
        _run = await store.FindRunAsync(RunId, cancellation) ?? throw new StoreException(StoreFailure.Refused, $"Run {RunId} is no longer in "
            + $"{journal.Header.Address}.");
        _knownParams = new Dictionary<string, string>(_run.Params);
        var waiting = journal.Refused.All.Where(i => i.Event is { Kind: EventKind.Metric }).Select(i => KeyValuePair.Create(i.Event!.Key!, i.Event.Step ?? 0));
        var stored = _run.Metrics.Select(m => KeyValuePair.Create(m.Key, m.Value.Step));
        var lastSteps = stored.Concat(waiting).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Max(p => p.Value));
        try
        {
            await store.SetStatusAsync(RunId, RunStatus.Running, null, cancellation);
        }
        catch (StoreException e) when (e.Failure != StoreFailure.Unavailable)
        {
            logger.LogDebug("The run cannot be marked as running again: {Reason}", e.Message);   // its values are worth more than this mark
        }

        journal.Acknowledge(journal.State with { LastSteps = lastSteps, Sessions = journal.State.Sessions + 1, HasEnded = false });
    }

    private async Task SendArtifactAsync(JournalEvent artifact, CancellationToken cancellation)
    {
        var file = Path.Combine(journal.Folder, artifact.Text!);
        if (!File.Exists(file))   // a copy is gone when it was sent, but not yet acknowledged, by a process that was killed
        {
            if (Path.IsPathRooted(artifact.Text))
            {
                logger.LogWarning("The file {File} is gone; it could not be copied when it was logged, and is not stored with run {RunId}.", file, RunId);
            }

            return;
        }

        RequireReadable(file, artifact.Key!);
        await store.StoreArtifactAsync(_run, file, artifact.Key!, cancellation);
        if (!Path.IsPathRooted(artifact.Text))   // else it is the file of the user, for which there was no room
        {
            DeleteSent(file);
        }
    }

    private static void RequireReadable(string file, string path)
    {
        try
        {
            File.OpenRead(file).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFailure.Rejected, $"The file {path} cannot be read: {e.Message}", e);
        }
    }

    private static void DeleteSent(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk became read-only; the file goes with the folder, and sending it again does no harm.
        }
    }
}
