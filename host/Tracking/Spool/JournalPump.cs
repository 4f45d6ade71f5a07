using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>
/// Sends a journal to a store, in order, from the first byte that is not acknowledged. May be stopped and begun again anywhere: repeating is harmless.
/// </summary>
internal sealed class JournalPump(RunJournal journal, ITrackingStore store, BatchLimits limits, Func<string, string?> resolveLocalId, ILogger logger)
{
    private const int AttemptsBeforeSuspicion = 3;
    private StoredRun? _run;
    private Dictionary<string, string> _knownParams = [];
    private int _suspiciousFailures;
    private bool _hasReportedRejection;

    /// <summary>Identifier of the run in the store; null before the first contact.</summary>
    public string? RunId => journal.State.RunId;

    /// <summary>Finds or creates the run in the store.</summary>
    /// <exception cref="StoreException">The store is away, or refuses the run.</exception>
    public async Task BindAsync(CancellationToken cancellation)
    {
        if (_run is not null)
        {
            return;
        }

        _run = journal.State.RunId is { } known ? await ReadRunAsync(known, cancellation) : await FindOrCreateAsync(cancellation);
        if (_run.IsDeleted)
        {
            throw new StoreException(StoreFailure.Refused, $"Run {_run.RunId} is deleted; nothing can be logged to it. Restore it with 'mlflow runs restore --run-id {_run.RunId}'.");
        }

        _knownParams = new Dictionary<string, string>(_run.Params);
        journal.Acknowledge(journal.State with { RunId = _run.RunId });
    }

    /// <summary>Sends everything that is in the journal now.</summary>
    /// <exception cref="StoreException">The store is away, or refuses the run; what was not sent stays.</exception>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        await BindAsync(cancellation);
        while (journal.Read(journal.State.Offset, limits.Bytes) is { Count: > 0 } lines)
        {
            var events = lines.Select(l => new SpooledEvent(l, JournalJson.TryRead(l))).ToList();
            for (var sent = 0; sent < events.Count;)
            {
                var count = await SendFrontAsync(events, sent, cancellation);
                var bytes = events.Skip(sent).Take(count).Sum(e => e.Line.Length + 1L);
                journal.Acknowledge(journal.State with { Offset = journal.State.Offset + bytes });
                _suspiciousFailures = 0;
                sent += count;
            }
        }
    }

    private async Task<StoredRun> FindOrCreateAsync(CancellationToken cancellation)
    {
        var header = journal.Header;
        if (header.ResumeRunId is { } resumed)
        {
            return await store.FindRunAsync(resolveLocalId(resumed) ?? resumed, cancellation) ?? await store.FindByKeyAsync(header.Experiment, resumed, cancellation)
                ?? throw new StoreException(StoreFailure.Refused, $"Run {resumed} is not in {header.Address}. 'parallax runs' lists the runs there.");
        }

        if (journal.State.CreationWasTried && await store.FindByKeyAsync(header.Experiment, header.RunKey, cancellation) is { } created)
        {
            return created;
        }

        var tags = new Dictionary<string, string>(header.Tags);
        if (header.ParentRunId is { } parent)
        {
            tags["mlflow.parentRunId"] = resolveLocalId(parent) ?? (await store.FindByKeyAsync(header.Experiment, parent, cancellation))?.RunId ?? parent;
        }

        journal.Acknowledge(journal.State with { CreationWasTried = true });
        return await store.CreateRunAsync(new NewRun(header.Experiment, header.Name, header.RunKey, header.StartTime, header.User, tags), cancellation);
    }

    private async Task<StoredRun> ReadRunAsync(string runId, CancellationToken cancellation) =>
        await store.FindRunAsync(runId, cancellation)
        ?? throw new StoreException(StoreFailure.Refused, $"Run {runId} is no longer in {journal.Header.Address}; what was logged stays in {journal.Folder}.");

    private async Task<int> SendFrontAsync(List<SpooledEvent> events, int first, CancellationToken cancellation)
    {
        var size = BatchBuilder.Measure(events, first, limits);
        if (size == 0)
        {
            await SendEventsAsync(events.GetRange(first, 1), cancellation);
            return 1;
        }

        await SendEventsAsync(events.GetRange(first, size), cancellation);
        return size;
    }

    // All of it, or, when the store rejects it, everything but the items at fault.
    private async Task SendEventsAsync(List<SpooledEvent> events, CancellationToken cancellation)
    {
        try
        {
            await SendAsync(events, cancellation);
        }
        catch (StoreException e) when (e.Failure is StoreFailure.Rejected or StoreFailure.Suspect)
        {
            if (e.Failure == StoreFailure.Suspect && ++_suspiciousFailures < AttemptsBeforeSuspicion)
            {
                throw;
            }

            await RequireHealthyRunAsync(e, cancellation);
            if (events.Count == 1)
            {
                Bury(events[0], e.Message);
                return;
            }

            var half = events.Count / 2;
            await SendEventsAsync(events.GetRange(0, half), cancellation);
            await SendEventsAsync(events.GetRange(half, events.Count - half), cancellation);
        }
    }

    // A store that refuses everything says nothing about the data: then they are kept.
    private async Task RequireHealthyRunAsync(StoreException cause, CancellationToken cancellation)
    {
        StoredRun current;
        try
        {
            current = await ReadRunAsync(_run!.RunId, cancellation);
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Suspect)
        {
            throw new StoreException(StoreFailure.Unavailable, cause.Message, cause);
        }

        if (current.IsDeleted)
        {
            throw new StoreException(StoreFailure.Refused, $"Run {current.RunId} was deleted while it was being logged to; what is left stays in {journal.Folder}.", cause);
        }
    }

    private async Task SendAsync(List<SpooledEvent> events, CancellationToken cancellation)
    {
        var runId = _run!.RunId;
        if (events is not [{ Event: { } only }] || BatchBuilder.IsBatched(only))
        {
            var batch = BatchBuilder.Build(events, _knownParams, journal.State, logger);
            if (!batch.IsEmpty)
            {
                await store.LogBatchAsync(runId, batch, cancellation);
            }

            foreach (var (key, value) in batch.Params)
            {
                _knownParams[key] = value;
            }

            return;
        }

        switch (only.Kind)
        {
            case EventKind.Session:
                await BeginSessionAsync(runId, cancellation);
                break;
            case EventKind.Dataset:
                await store.LogDatasetAsync(runId, only.Data!, cancellation);
                break;
            case EventKind.Artifact:
                await SendArtifactAsync(only, cancellation);
                break;
            case EventKind.End:
                await store.SetStatusAsync(runId, only.Key!, only.Time, cancellation);
                journal.Acknowledge(journal.State with { HasEnded = true });
                break;
            default:
                throw new StoreException(StoreFailure.Rejected, string.Create(CultureInfo.InvariantCulture, $"unknown kind of event {only.Kind}"));
        }
    }

    private async Task BeginSessionAsync(string runId, CancellationToken cancellation)
    {
        _run = await ReadRunAsync(runId, cancellation);
        _knownParams = new Dictionary<string, string>(_run.Params);
        await store.SetStatusAsync(runId, RunStatus.Running, null, cancellation);
        journal.Acknowledge(journal.State with { LastSteps = ResumeFilter.LastSteps(_run), Sessions = journal.State.Sessions + 1, HasEnded = false });
    }

    private async Task SendArtifactAsync(JournalEvent artifact, CancellationToken cancellation)
    {
        var file = Path.Combine(journal.Folder, artifact.Text!);
        if (File.Exists(file))   // it is gone when it was sent, but not yet acknowledged, by a process that was killed
        {
            await store.StoreArtifactAsync(_run!, file, artifact.Key!, cancellation);
            File.Delete(file);
        }
    }

    private void Bury(SpooledEvent rejected, string reason)
    {
        var grave = journal.Bury(rejected.Line);
        var level = _hasReportedRejection ? LogLevel.Debug : LogLevel.Warning;
        _hasReportedRejection = true;
        logger.Log(level, "The tracking store does not take an item ({Reason}). It is kept in {File}; everything else goes on.", reason, grave);
    }
}
