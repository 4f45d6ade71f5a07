using Microsoft.Extensions.Logging;
using Polly;

namespace Parallax.Host.Tracking;

/// <summary>Sends what earlier processes could not.</summary>
internal sealed class SpoolReplay(SpoolFolder spool, TrackingStores stores, BatchLimits limits, RetryPolicy retry, ILogger logger)
{
    private readonly ResiliencePipeline _attempts = retry.Build(attempts: 3);

    /// <summary>Sends every journal that no process owns.</summary>
    /// <param name="only">Only those of this store; null for all.</param>
    /// <param name="cancellation">Stops; the rest stays.</param>
    /// <returns>What became of each journal.</returns>
    public async Task<IReadOnlyList<ReplayResult>> SendAllAsync(TrackingAddress? only, CancellationToken cancellation)
    {
        var results = new List<ReplayResult>();
        foreach (var folder in spool.Journals())
        {
            cancellation.ThrowIfCancellationRequested();
            if (only is not null && RunJournal.ReadHeader(folder)?.Address != only.Display)
            {
                continue;
            }

            using var journal = RunJournal.TryOpen(folder);
            results.Add(journal is null ? new ReplayResult(Path.GetFileName(folder), null, "being written by another process") : await SendAsync(journal, cancellation));
        }

        return results;
    }

    private async Task<ReplayResult> SendAsync(RunJournal journal, CancellationToken cancellation)
    {
        var key = journal.Header.RunKey;
        try
        {
            using var store = stores.Open(TrackingAddress.Parse(journal.Header.Address, $"the journal {journal.Folder}"));
            var pump = new JournalPump(journal, store, limits, spool.ResolveLocalId, logger);
            await _attempts.ExecuteAsync(async token => await pump.DrainAsync(token), cancellation);
            var runId = pump.RunId;
            journal.Delete();   // complete: a resumed run finds its identifier in the store
            return new ReplayResult(key, runId, null);
        }
        catch (Exception e) when (e is StoreException or Contracts.ConfigurationException or IOException or UnauthorizedAccessException)
        {
            return new ReplayResult(key, journal.State.RunId, e.Message);
        }
    }
}
