using Microsoft.Extensions.Logging;
using Parallax.Contracts;

namespace Parallax.Host.Tracking;

/// <summary>Opens runs in the store that the settings name.</summary>
internal sealed class TrackerFactory(TrackingSettings settings, TrackingStores stores, RetryPolicy retry, TimeProvider time, ILoggerFactory loggers) : ITrackerFactory
{
    private readonly ILogger _logger = loggers.CreateLogger("Tracking");

    /// <inheritdoc/>
    public ITrackedRun Start(RunDescription run)
    {
        var address = stores.Resolve(settings.Uri);
        var launched = new LaunchedRun(settings.RunId, settings.Experiment, _logger);
        run = launched.Take(run);
        var store = OpenStore(address);
        var spool = new SpoolFolder(settings.EffectiveSpoolFolder);
        RunJournal? journal = null;
        try
        {
            run = Prepare(launched, run, store);
            (journal, var isNew) = OpenJournal(spool, run, address);
            var pump = new JournalPump(journal, store, settings.Limits, spool.ResolveLocalId, _logger);
            Contact(pump, journal, isNew);
            var tracked = new TrackedRun(pump.RunId ?? run.ResumeRunId ?? journal.Header.RunKey, journal, pump, store, settings, retry, time, _logger);
            BeginResumed(tracked, run);
            tracked.Companion = StartCompanions(tracked, spool, address);
            return tracked;
        }
        catch
        {
            journal?.Dispose();
            store.Dispose();
            throw;
        }
    }

    private ITrackingStore OpenStore(TrackingAddress address)
    {
        try
        {
            var store = stores.Open(address);
            if (store is SqliteStore { Notice: { } notice })
            {
                _logger.LogInformation("{Notice}", notice);
            }

            return store;
        }
        catch (StoreException e)
        {
            throw new ConfigurationException(e.Message);
        }
    }

    private (RunJournal Journal, bool IsNew) OpenJournal(SpoolFolder spool, RunDescription run, TrackingAddress address)
    {
        try
        {
            if (run.ResumeRunId is { } resumed && spool.Find(resumed) is { } folder)
            {
                var journal = RunJournal.TryOpen(folder)
                    ?? throw new ConfigurationException($"Run {resumed} is being written by another process (journal {folder}). Wait for it to end, or start a new run without --resume.");
                journal.AppendSession();
                return (journal, false);
            }

            return (CreateJournal(spool, run, address), true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The folder {spool.Path} for values on their way to the tracking store cannot be written: {e.Message} Make it writable, or set tracking.spool to another folder.");
        }
    }

    private RunJournal CreateJournal(SpoolFolder spool, RunDescription run, TrackingAddress address)
    {
        var source = SourceTags.Collect(Environment.CurrentDirectory);
        var tags = run.ResumeRunId is null ? new TextRules(_logger).Tags(source.Concat(run.Tags)) : [];
        var header = new JournalHeader(
            address.Display, Guid.NewGuid().ToString("N"), run.Experiment, run.Name, time.GetUtcNow().ToUnixTimeMilliseconds(),
            source["mlflow.user"], tags, run.ResumeRunId, run.ParentRunId);
        var journal = spool.Create(header);
        if (run.ResumeRunId is not null)
        {
            journal.AppendSession();
        }

        return journal;
    }

    private RunDescription Prepare(LaunchedRun launched, RunDescription run, ITrackingStore store)
    {
        using var deadline = new CancellationTokenSource(settings.ContactDeadline, time);
        return Task.Run(() => launched.PrepareAsync(run, store, stores.Resolve(settings.Uri), deadline.Token)).GetAwaiter().GetResult();
    }

    // Long enough for a server that works, short enough for one that does not. From then on the sender keeps trying.
    private void Contact(JournalPump pump, RunJournal journal, bool isNew)
    {
        using var deadline = new CancellationTokenSource(settings.ContactDeadline, time);
        string reason;
        try
        {
            Task.Run(() => pump.BindAsync(deadline.Token)).GetAwaiter().GetResult();
            return;
        }
        catch (StoreException e) when (e.IsTransient)
        {
            reason = e.Message;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            reason = $"no answer within {settings.ContactDeadline.TotalSeconds:0.#} s";
        }
        catch (StoreException e)
        {
            Discard(journal, isNew);
            throw new ConfigurationException(e.Message);
        }

        if (settings.RequiresServer)
        {
            Discard(journal, isNew);
            throw new ConfigurationException($"The tracking store {journal.Header.Address} does not answer ({reason}), and tracking.onUnreachable is 'fail'. Start it, or set tracking.onUnreachable to 'offline'.");
        }

        _logger.LogWarning("The tracking store {Address} does not answer ({Reason}). The run begins on disk, in {Folder}, and is sent when it does.", journal.Header.Address, reason, journal.Folder);
    }

    private static void Discard(RunJournal journal, bool isNew)
    {
        if (isNew)
        {
            journal.Delete();
        }
    }

    private static void BeginResumed(TrackedRun tracked, RunDescription run)
    {
        if (run.ResumeRunId is not null && run.Tags.Count > 0)
        {
            tracked.SetTags(run.Tags);
        }
    }

    private CompositeDisposable StartCompanions(TrackedRun tracked, SpoolFolder spool, TrackingAddress address)
    {
        var companions = new CompositeDisposable();
        if (settings.SystemMetricsInterval > TimeSpan.Zero)
        {
            companions.Add(SystemMetricsSampler.Start(tracked, settings.SystemMetricsInterval, time));
        }

        companions.Add(BackgroundReplay.Start(new SpoolReplay(spool, stores, settings.Limits, retry, _logger), address));
        return companions;
    }
}
