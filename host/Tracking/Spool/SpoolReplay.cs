using Microsoft.Extensions.Logging;
using Polly;

namespace Parallax.Host.Tracking;

/// <summary>Sends what earlier processes could not: a run before the runs that are part of it.</summary>
internal sealed class SpoolReplay(
    SpoolFolder spool, Func<TrackingAddress, ITrackingStore> storeAt, RetryPolicy retry, TimeProvider time, ILogger logger)
{
    private readonly ResiliencePipeline _attempts = retry.Build(attempts: 3);
    private readonly Dictionary<string, string> _sent = [];   // identifiers that a run had, and the one it has
    private readonly Dictionary<string, string> _away = [];   // stores that do not answer, and what they were asked for in vain

    /// <summary>The store that is used now: its address may hold credentials, which journals do not; null when there is none.</summary>
    public TrackingAddress? Current { get; init; }

    /// <summary>Sends every journal of a store that no process owns.</summary>
    /// <param name="only">The store; null for all.</param>
    /// <param name="cancellation">Stops; the rest stays.</param>
    /// <returns>What became of each journal.</returns>
    public Task<IReadOnlyList<ReplayResult>> SendAllAsync(TrackingAddress? only, CancellationToken cancellation)
    {
        var folders = spool.Journals().Where(folder => only is null || RunJournal.ReadHeader(folder)?.Address == only.Display);
        return SendAsync([.. folders], only ?? Current, only is null ? SendMode.Sync : SendMode.Background, cancellation);
    }

    /// <summary>Sends some journals.</summary>
    /// <param name="folders">Their folders.</param>
    /// <param name="mode">What is tried again.</param>
    /// <param name="cancellation">Stops; the rest stays.</param>
    /// <returns>What became of each journal.</returns>
    public Task<IReadOnlyList<ReplayResult>> SendAsync(IReadOnlyList<string> folders, SendMode mode, CancellationToken cancellation) =>
        SendAsync(folders, Current, mode, cancellation);

    private async Task<IReadOnlyList<ReplayResult>> SendAsync(
        IReadOnlyList<string> folders, TrackingAddress? known, SendMode mode, CancellationToken cancellation)
    {
        var results = new List<ReplayResult>();
        foreach (var folder in SpoolFolder.ParentsFirst(folders))
        {
            cancellation.ThrowIfCancellationRequested();
            results.Add(await SendAsync(folder, known, mode, cancellation));
        }

        return results;
    }

    private async Task<ReplayResult> SendAsync(string folder, TrackingAddress? known, SendMode mode, CancellationToken cancellation)
    {
        try
        {
            using var journal = RunJournal.TryOpen(folder);
            return journal is null
                ? new ReplayResult(Path.GetFileName(folder), null, "being written by another process")
                : await SendAsync(journal, known, mode, cancellation);
        }
        catch (Exception e) when (e is not OutOfMemoryException && !cancellation.IsCancellationRequested)   // one bad journal does not stop the others
        {
            return new ReplayResult(Path.GetFileName(folder), null, $"the journal {folder} cannot be used: {e.Message}");
        }
    }

    private async Task<ReplayResult> SendAsync(RunJournal journal, TrackingAddress? known, SendMode mode, CancellationToken cancellation)
    {
        if (_away.TryGetValue(journal.Header.Address, out var isAway))
        {
            return Kept(journal, isAway);
        }

        try
        {
            var address = known?.Display == journal.Header.Address ? known : TrackingAddress.Parse(journal.Header.Address, $"the journal {journal.Folder}");
            using var store = storeAt(address);
            store.Open();
            var sender = new JournalSender(journal, store, Resolve, time, logger);
            var problem = await TrySendAsync(sender, mode, journal.Header.Address, cancellation);
            Remember(journal);
            if (problem is null && journal.IsComplete)
            {
                journal.Delete();   // a resumed run finds its identifier in the store
                return new ReplayResult(journal.Header.RunKey, sender.RunId, null, FormerId: FormerId(journal));
            }

            return Kept(journal, problem ?? journal.Refused.All.Select(i => i.Reason).FirstOrDefault() ?? "");
        }
        catch (Exception e) when (RetryPolicy.IsOfStoreOrDisk(e) || e is Contracts.ConfigurationException)
        {
            return Kept(journal, e.Message);
        }
    }

    /// <returns>Why not everything could be sent; null when it could.</returns>
    private async Task<string?> TrySendAsync(JournalSender sender, SendMode mode, string address, CancellationToken cancellation)
    {
        try
        {
            await _attempts.ExecuteAsync(async token => await sender.SendAsync(mode, token), cancellation);
            return null;
        }
        catch (StoreException e) when (e is { Failure: StoreFailure.Unavailable, InnerException: HttpRequestException or TimeoutException } && !sender.IsBound)
        {
            _away[address] = e.Message;   // the next run need not find out once more
            return e.Message;
        }
        catch (StoreException e)
        {
            await TryEndAsync(sender, cancellation);
            return e.Message;
        }
    }

    private async Task TryEndAsync(JournalSender sender, CancellationToken cancellation)
    {
        try
        {
            await sender.SendEndEarlyAsync(null, cancellation);
        }
        catch (StoreException e)
        {
            logger.LogDebug("The end of the run cannot be sent either: {Reason}", e.Message);
        }
    }

    private void Remember(RunJournal journal)
    {
        if (journal.State is not { RunId: { } runId } state)
        {
            return;
        }

        _sent[journal.Header.RunKey] = runId;
        if (state.LostRunId is { } lost)
        {
            _sent[lost] = runId;
        }
    }

    private string? Resolve(string id) => _sent.GetValueOrDefault(id) ?? spool.ResolveLocalId(id);

    private static ReplayResult Kept(RunJournal journal, string problem) =>
        new(journal.Header.RunKey, journal.State.RunId, problem, KeptItems.Read(journal.Folder), FormerId(journal));

    private static string? FormerId(RunJournal journal) => journal.FormerIds().FirstOrDefault();
}

/// <summary>What became of a journal.</summary>
/// <param name="LocalId">Local identifier of the run.</param>
/// <param name="RunId">Identifier in the store; null when it never got there.</param>
/// <param name="Problem">Why not all of it was sent; null when it was.</param>
/// <param name="Kept">What is left; null when nothing is.</param>
/// <param name="FormerId">The identifier that the program gave the run when the store did not know it, or no longer did; null when it is the same.</param>
internal sealed record ReplayResult(string LocalId, string? RunId, string? Problem, KeptItems? Kept = null, string? FormerId = null);
