namespace Parallax.Host.Tracking;

/// <summary>
/// Finds out whether a failed call was refused because of its data. Those are then set aside and the rest passes, so it needs evidence: the run can be
/// read, is not deleted, and, where the answer does not name the data (500, 403), the store takes values that it has already.
/// </summary>
internal sealed class RefusalCause(RunJournal journal, ITrackingStore store)
{
    private const int AttemptsWhileWriting = 8;   // about two minutes with the waits of the retry policy, in which a server restarts or cleans its disk
    private const int Attempts = 3;
    private int _failures;
    private bool _hasWaited;

    /// <summary>
    /// True when the failure of a call with these events may come from them. What is away is away for all; only a file may be too much for a server
    /// that is there.
    /// </summary>
    public static bool CanBeTheData(IReadOnlyList<SpooledEvent> events, StoreException failure) => events switch
    {
        [{ Event.Kind: EventKind.Session }] => failure.Failure == StoreFailure.Rejected,
        [{ Event.Kind: EventKind.Artifact or EventKind.Model or EventKind.Dataset }] => true,
        _ => failure.Failure != StoreFailure.Unavailable,
    };

    /// <summary>A call worked: failures before it were not of the data.</summary>
    public void Reset() => _failures = 0;

    /// <summary>Finds the cause of a failure.</summary>
    /// <returns>True when some of the events are at fault; false when the store takes none of this kind now, and it is too late to wait.</returns>
    /// <exception cref="StoreException">It is not the data: the store is away, takes nothing for this run, or another attempt is due.</exception>
    public async Task<bool> IsTheDataAsync(
        EventSender sender, IReadOnlyList<SpooledEvent> events, StoreException cause, SendMode mode, CancellationToken cancellation)
    {
        var isBatch = events.All(e => e.Event is null or { IsBatched: true });
        if (DeservesAnotherAttempt(events, cause, mode))
        {
            throw cause;
        }

        await RequireHealthyRunAsync(sender.RunId, cause, cancellation);
        _failures = 0;
        _hasWaited = mode != SendMode.Live;
        if (!isBatch || cause.Failure == StoreFailure.Rejected || await sender.TakesKnownValuesAsync(cancellation))
        {
            return true;
        }

        return cause.Failure == StoreFailure.Suspect && mode != SendMode.Live
            ? false
            : throw Again(cause, cause.Failure == StoreFailure.Suspect ? StoreFailure.Unavailable : cause.Failure);
    }

    // While the run is written a file is not waited for: it is put aside at once and tried again by and by. Afterwards one item is waited for, the
    // others are not.
    private bool DeservesAnotherAttempt(IReadOnlyList<SpooledEvent> events, StoreException cause, SendMode mode)
    {
        if (!cause.IsTransient || _hasWaited)
        {
            return false;
        }

        var isFile = events is [{ Event.Kind: EventKind.Artifact or EventKind.Model or EventKind.Dataset }];
        return ++_failures < (mode != SendMode.Live ? Attempts : isFile ? 1 : AttemptsWhileWriting);
    }

    private static StoreException Again(StoreException cause, StoreFailure failure) =>
        new(failure, cause.Message, cause) { HasAnswered = cause.HasAnswered, RetryAfter = cause.RetryAfter };

    // A store that refuses everything says nothing about the data.
    private async Task RequireHealthyRunAsync(string runId, StoreException cause, CancellationToken cancellation)
    {
        StoredRun? current;
        try
        {
            current = await store.FindRunAsync(runId, cancellation);
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Suspect)
        {
            throw Again(cause, StoreFailure.Unavailable);
        }

        if (current is null or { IsDeleted: true })
        {
            throw new StoreException(
                StoreFailure.Refused, $"Run {runId} was deleted while it was being logged to; what is left stays in {journal.Folder}.", cause);
        }
    }
}
