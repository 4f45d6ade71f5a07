using System.Text;
using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>
/// Sends a journal to a store, in order, from the first byte that is not acknowledged. May be stopped and begun again anywhere: repeating is harmless.
/// What the store refuses although it takes other things is put aside with its bytes, and the rest goes on.
/// </summary>
internal sealed class JournalSender(
    RunJournal journal, ITrackingStore store, Func<string, string?> resolveLocalId, TimeProvider time, ILogger logger)
{
    private readonly ParentRunTag _parentTag = new(journal, store, resolveLocalId);
    private readonly RefusalCause _cause = new(journal, store);
    private readonly RefusedRetry _retry = new(time);
    private readonly HashSet<(bool IsFile, StoreFailure Failure)> _reported = [];
    private EventSender? _sender;

    /// <summary>Identifier of the run in the store; null before the first contact.</summary>
    public string? RunId => journal.State.RunId;

    /// <summary>True once the store answered.</summary>
    public bool IsBound => _sender is not null;

    /// <summary>Finds or creates the run in the store.</summary>
    /// <param name="isFirstContact">True while nobody knows the run by its local identifier.</param>
    /// <param name="mode">Whether a run that is gone from the store is made anew.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="StoreException">The store is away, or refuses the run.</exception>
    public async Task BindAsync(bool isFirstContact, SendMode mode, CancellationToken cancellation)
    {
        if (_sender is not null)
        {
            return;
        }

        var isNew = journal.State.RunId is null;
        var run = await FindAsync(mode, cancellation) ?? await CreateAsync(cancellation);
        if (run.IsDeleted)
        {
            throw new StoreException(StoreFailure.Refused, $"Run {run.RunId} is deleted; nothing can be logged to it. Restore it with 'mlflow runs "
                + $"restore --run-id {run.RunId}', or its experiment when that is what was deleted.");
        }

        _sender = new EventSender(run, journal, store, logger);
        journal.Acknowledge(journal.State with { RunId = run.RunId, BeganOffline = journal.State.BeganOffline || (isNew && !isFirstContact) });
    }

    /// <summary>Sends everything that is in the journal now, and tries again what was refused before when it is time to.</summary>
    /// <exception cref="StoreException">The store is away, or refuses the run; what was not sent stays.</exception>
    public async Task SendAsync(SendMode mode, CancellationToken cancellation)
    {
        await BindAsync(isFirstContact: false, mode, cancellation);
        var refusedBefore = journal.Refused.All.Count;
        while (journal.Read(journal.State.Offset, BatchBuilder.MaxBytes) is { Count: > 0 } lines)
        {
            var events = lines.Select(l => new SpooledEvent(l, JournalJson.TryRead(l))).ToList();
            for (var sent = 0; sent < events.Count;)
            {
                var count = await SendFrontAsync(events, sent, mode, cancellation);
                var bytes = events.Skip(sent).Take(count).Sum(e => e.Line.Length + 1L);
                journal.Acknowledge(journal.State with { Offset = journal.State.Offset + bytes });
                sent += count;
            }
        }

        var again = mode == SendMode.Final ? journal.Refused.All.Count : refusedBefore;   // at the end also what it refused a moment ago
        if (again > 0 && _retry.IsDue(mode))
        {
            await RetryAsync(again, mode, cancellation);
        }

        await _parentTag.CorrectChildrenAsync(RunId!, cancellation);
        if (mode != SendMode.Live)
        {
            await _parentTag.CorrectOwnAsync(RunId!, cancellation);
        }
    }

    /// <summary>Sends events that could not be written to the journal.</summary>
    /// <returns>How many the store refuses that cannot be kept on the disk either.</returns>
    /// <exception cref="StoreException">The store is away, or refuses the run.</exception>
    public async Task<int> SendUnwrittenAsync(IEnumerable<JournalEvent> events, CancellationToken cancellation)
    {
        List<SpooledEvent> all = [.. events.Select(e => new RefusedItem(StoreFailure.Unavailable, "", e, null).ToSpooled())];
        var lost = 0;
        for (var sent = 0; sent < all.Count;)
        {
            var part = Front(all, sent);
            var refused = await SendPartAsync(part, isRepeated: false, SendMode.Final, cancellation);
            lost += TryKeep(refused) ? 0 : refused.Count;
            sent += part.Count;
        }

        return lost;
    }

    /// <summary>
    /// Sets the final state of a run of which something waits, so that it does not look as if it went on. The end is sent again with the rest.
    /// </summary>
    /// <exception cref="StoreException">The store does not take it.</exception>
    public async Task SendEndEarlyAsync(JournalEvent? end, CancellationToken cancellation)
    {
        end ??= journal.ReadLast() is { } last ? JournalJson.TryRead(last) : null;
        if (_sender is not null && !journal.State.HasEnded && end is { Kind: EventKind.End })
        {
            await store.SetStatusAsync(_sender.RunId, end.Key!, end.Time, cancellation);
        }
    }

    private async Task<StoredRun?> FindAsync(SendMode mode, CancellationToken cancellation)
    {
        var (header, state) = (journal.Header, journal.State);
        if (state.RunId is { } known)
        {
            if (await store.FindRunAsync(known, cancellation) is { } run)
            {
                return run;
            }

            return mode == SendMode.Sync && header.ResumeRunId is null
                ? BeginAnew(known)
                : throw new StoreException(StoreFailure.Refused, $"Run {known} is no longer in {header.Address}; what was logged stays in {journal.Folder}.");
        }

        if (header.ResumeRunId is { } resumed)
        {
            return await store.FindRunAsync(resolveLocalId(resumed) ?? resumed, cancellation) ?? await store.FindByKeyAsync(null, resumed, cancellation)
                ?? throw new StoreException(StoreFailure.Refused, $"Run {resumed} is not in {header.Address} ('parallax runs' lists the runs "
                    + "there). Set tracking.uri to the store that it was logged to.");
        }

        return state.CreationWasTried ? await store.FindByKeyAsync(header.Experiment, header.RunKey, cancellation) : null;
    }

    // The journal holds everything since the start of the run, so the whole of it can be sent again; files that were sent are gone.
    private StoredRun? BeginAnew(string lostRunId)
    {
        logger.LogWarning("Run {RunId} is no longer in {Address}; it is made anew. Files that were sent before are lost with "
            + "it.", lostRunId, journal.Header.Address);
        journal.Acknowledge(new JournalState { BeganOffline = journal.State.BeganOffline, LostRunId = lostRunId });
        return null;
    }

    private async Task<StoredRun> CreateAsync(CancellationToken cancellation)
    {
        var header = journal.Header;
        var tags = new Dictionary<string, string>(header.Tags);
        if (await _parentTag.ParentAsync(cancellation) is { } parent)
        {
            tags[MlflowTags.ParentRunId] = parent;
        }

        journal.Acknowledge(journal.State with { CreationWasTried = true });
        return await store.CreateRunAsync(new NewRun(header.Experiment, header.Name, header.RunKey, header.StartTime, header.User, tags), cancellation);
    }

    /// <returns>How many of the events, from the first on, were dealt with.</returns>
    private async Task<int> SendFrontAsync(List<SpooledEvent> events, int first, SendMode mode, CancellationToken cancellation)
    {
        var part = Front(events, first);
        var refused = await SendPartAsync(part, isRepeated: false, mode, cancellation);
        journal.Refused.Add(refused);
        if (journal.Refused.All.Count > refused.Count)
        {
            ForgetOverwritten(part);
        }

        return part.Count;
    }

    private List<SpooledEvent> Front(List<SpooledEvent> events, int first) => events.GetRange(first, Math.Max(1, BatchBuilder.Measure(events, first)));

    private bool TryKeep(List<RefusedItem> refused)
    {
        try
        {
            journal.Refused.Add(refused);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;   // the disk takes nothing, which the writer of the journal told
        }
    }

    // All of it, or, when the store rejects it, everything but the items at fault, which are returned.
    private async Task<List<RefusedItem>> SendPartAsync(List<SpooledEvent> part, bool isRepeated, SendMode mode, CancellationToken cancellation)
    {
        var sender = _sender!;
        StoreException cause;
        try
        {
            await sender.SendAsync(part, isRepeated, cancellation);
            _cause.Reset();
            return [];
        }
        catch (StoreException e) when (RefusalCause.CanBeTheData(part, e))
        {
            cause = e;
        }

        var isOneOfThem = await _cause.IsTheDataAsync(sender, part, cause, mode, cancellation);
        return isOneOfThem ? await HalveAsync(part, cause, isRepeated, cancellation) : SetAside(part, cause, isRepeated);
    }

    private async Task<List<RefusedItem>> HalveAsync(List<SpooledEvent> part, StoreException cause, bool isRepeated, CancellationToken cancellation)
    {
        if (part.Count == 1)
        {
            return SetAside(part, cause, isRepeated);
        }

        var refused = new List<RefusedItem>();
        var half = part.Count / 2;
        foreach (var side in new[] { part.GetRange(0, half), part.GetRange(half, part.Count - half) })
        {
            try
            {
                await _sender!.SendAsync(side, isRepeated, cancellation);
            }
            catch (StoreException e) when (RefusalCause.CanBeTheData(side, e))
            {
                refused.AddRange(await HalveAsync(side, e, isRepeated, cancellation));
            }
        }

        return refused;
    }

    private List<RefusedItem> SetAside(List<SpooledEvent> part, StoreException cause, bool isRepeated)
    {
        var kept = part.Select(item => Keep(item, cause, isRepeated)).OfType<RefusedItem>().ToList();
        var isFile = part is [{ Event.Kind: EventKind.Artifact or EventKind.Model }];
        var isNew = !isRepeated && _reported.Add((isFile, cause.Failure)) && cause.Failure != StoreFailure.Unavailable;
        logger.Log(
            isNew ? LogLevel.Warning : LogLevel.Debug, "The tracking store does not take {What} ({Reason}). It is kept in {Folder} and can be sent "
                + "later; everything else goes on.",
            isFile ? $"the {(part[0].Event!.Kind == EventKind.Model ? "model" : "file")} {part[0].Event!.Key}"
                : part.Count == 1 ? "an item" : $"{part.Count} items",
            cause.Message, journal.Folder);
        return kept;
    }

    private RefusedItem? Keep(SpooledEvent item, StoreException cause, bool isRepeated) => item.Event switch
    {
        null => new RefusedItem(StoreFailure.Rejected, cause.Message, null, Encoding.UTF8.GetString(item.Line)),
        { Kind: EventKind.Metric } e when !isRepeated => journal.State.ToSend(e.ToPoint()) is { } point
            ? new RefusedItem(cause.Failure, cause.Message, e with { Step = point.Step }, null)
            : null,
        { } e => new RefusedItem(cause.Failure, cause.Message, e, null),
    };

    // A tag that was refused and set again since, and the end of a run that goes on, are no longer wanted.
    private void ForgetOverwritten(List<SpooledEvent> sent)
    {
        var tags = sent.Where(e => e.Event is { Kind: EventKind.Tag }).Select(e => e.Event!.Key).ToHashSet();
        var isReopened = sent is [{ Event.Kind: EventKind.Session }];
        bool IsOver(RefusedItem item) =>
            (item.Event is { Kind: EventKind.Tag, Key: { } key } && tags.Contains(key)) || (isReopened && item.Event is { Kind: EventKind.End });
        if ((tags.Count > 0 || isReopened) && journal.Refused.All.Any(IsOver))
        {
            journal.Refused.Replace([.. journal.Refused.All.Where(item => !IsOver(item))]);
        }
    }

    // Once each; what is refused again goes to the end of the list.
    private async Task RetryAsync(int count, SendMode mode, CancellationToken cancellation)
    {
        var before = journal.Refused.All;
        var turn = before.Take(count).Where(item => mode == SendMode.Sync || item.MayPass).ToList();
        var refused = new List<RefusedItem>();
        var done = 0;
        try
        {
            var events = turn.Select(item => item.ToSpooled()).ToList();
            while (done < turn.Count)
            {
                var part = Front(events, done);
                refused.AddRange(await SendPartAsync(part, isRepeated: true, mode, cancellation));
                done += part.Count;
            }
        }
        finally
        {
            journal.Refused.Replace([.. before.Except(turn.Take(done)), .. refused]);
            _retry.Note(isAllSent: done == turn.Count && refused.Count == 0);
        }
    }
}
