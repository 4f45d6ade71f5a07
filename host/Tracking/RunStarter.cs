using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>Opens runs in the store that the settings name.</summary>
internal sealed class RunStarter(TrackingSettings settings, TrackingStores stores, RetryPolicy retry, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("Tracking");

    /// <summary>Starts a run, or continues one. Never waits for a server that is down: the run is then kept on disk and sent later.</summary>
    /// <exception cref="ConfigurationException">The address cannot be understood, or the store refuses it.</exception>
    public ITrackedRun Start(RunDescription run) => Start(run, mayFail: true);

    /// <summary>
    /// As <see cref="Start(RunDescription)"/> for results that are there already: nothing throws. What a store refuses is kept on disk, or a warning tells
    /// that it is lost.
    /// </summary>
    public ITrackedRun Record(RunDescription run)
    {
        try
        {
            return Start(run, mayFail: false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)   // whatever goes wrong here must not cost the results
        {
            return UntrackedRun.Instead(run, e.Message, _logger);
        }
    }

    private TrackedRun Start(RunDescription run, bool mayFail)
    {
        var address = stores.Resolve(settings.Uri);
        var fromEnvironment = new EnvironmentRun(settings.RunId, settings.Experiment, _logger);
        run = fromEnvironment.Take(run);
        var store = stores.At(address);
        RunJournal? journal = null;
        try
        {
            Open(store, mayFail);
            run = Prepare(fromEnvironment, run, store);
            (journal, var isNew) = OpenJournal(run, address, mayFail);
            var spool = new SpoolFolder(Path.GetDirectoryName(journal.Folder)!);
            var sender = new JournalSender(journal, store, spool.ResolveLocalId, time, _logger);
            var onRefusal = !mayFail ? OnRefusal.WarnAtTheEnd : run.ParentRunId is null || settings.RequiresServer ? OnRefusal.Stop : OnRefusal.Warn;
            Contact(sender, journal, isNew, onRefusal);
            var tracked = new TrackedRun(sender.RunId ?? run.ResumeRunId ?? journal.Header.RunKey, journal, sender, store, settings, retry, time, _logger);
            BeginResumed(tracked, run);
            tracked.Sampler = settings.SystemMetricsInterval > TimeSpan.Zero
                ? SystemMetricsSampler.OfThisMachine(tracked.LogMetric, settings.SystemMetricsInterval, time)
                : null;
            tracked.Replay = new BackgroundReplay(new SpoolReplay(spool, stores.At, retry, time, _logger), address);
            return tracked;
        }
        catch
        {
            journal?.Dispose();
            store.Dispose();
            throw;
        }
    }

    private void Open(ITrackingStore store, bool mayFail)
    {
        try
        {
            if (store.Open() is { } notice)
            {
                _logger.LogInformation("{Notice}", notice);
            }
        }
        catch (StoreException e) when (mayFail)
        {
            throw new ConfigurationException(e.Message);
        }
        catch (Exception e) when (!mayFail && e is (StoreException or ConfigurationException))
        {
            // The first call tries again, and what it says is told when the run ends.
        }
    }

    private (RunJournal Journal, bool IsNew) OpenJournal(RunDescription run, TrackingAddress address, bool mayFail)
    {
        try
        {
            return OpenJournal(new SpoolFolder(settings.EffectiveSpoolFolder), run, address);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (mayFail && settings.SpoolFolder is not null ? null : OpenElsewhere(run, address, e)) ?? throw new ConfigurationException(
                $"The folder {settings.EffectiveSpoolFolder} for values on their way to the tracking store cannot be written: {e.Message} Make it "
                    + "writable, or set tracking.spool to another folder.");
        }
    }

    // A folder that was asked for must work. The usual one is in the home folder, which is read-only in many containers: then another one does.
    private (RunJournal Journal, bool IsNew)? OpenElsewhere(RunDescription run, TrackingAddress address, Exception reason)
    {
        var other = new SpoolFolder(Path.Combine(Path.GetTempPath(), "parallax-spool-" + Environment.UserName));
        try
        {
            PrivateFolder.Make(other.Path);
            var opened = OpenJournal(other, run, address);
            _logger.LogWarning(
                "{Reason} Values on their way to the tracking store are kept in {Folder} instead; should some be left there, 'parallax runs sync "
                    + "--spool {Again}' sends them. "
                + "Set tracking.spool to a folder that lasts.",
                reason.Message, other.Path, other.Path);
            return opened;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private (RunJournal Journal, bool IsNew) OpenJournal(SpoolFolder spool, RunDescription run, TrackingAddress address)
    {
        if (run.ResumeRunId is { } resumed && spool.Find(resumed) is { } folder)
        {
            var journal = WaitFor(folder);
            if (journal is null && !Directory.Exists(folder))
            {
                return (CreateJournal(spool, run, address), true);   // another process sent the rest of it just now
            }

            _ = journal ?? throw new ConfigurationException($"Run {resumed} is being written by another process (journal {folder}). Wait for it to end, or "
                    + "start a new run without --resume.");
            journal.AppendSession();
            return (journal, false);
        }

        return (CreateJournal(spool, run, address), true);
    }

    // Another process may be sending what is left of it beside its own run, which does not take long.
    private RunJournal? WaitFor(string folder)
    {
        const int looks = 10;
        for (var look = 1; ; look++)
        {
            if (RunJournal.TryOpen(folder) is { } journal)
            {
                return journal;
            }

            if (look == looks || !Directory.Exists(folder))
            {
                return null;
            }

            Task.Delay(TimeSpan.FromSeconds(0.5), time).GetAwaiter().GetResult();
        }
    }

    private RunJournal CreateJournal(SpoolFolder spool, RunDescription run, TrackingAddress address)
    {
        var source = SourceTags.Collect(Environment.CurrentDirectory);
        var tags = run.ResumeRunId is null ? new TextRules(_logger).Tags(source.Concat(run.Tags)) : [];
        var header = new JournalHeader(
            address.Display, Guid.NewGuid().ToString("N"), run.Experiment, run.Name, time.GetUtcNow().ToUnixTimeMilliseconds(),
            source[MlflowTags.User], tags, run.ResumeRunId, run.ParentRunId);
        var journal = spool.Create(header);
        if (run.ResumeRunId is not null)
        {
            journal.AppendSession();
        }

        return journal;
    }

    private RunDescription Prepare(EnvironmentRun fromEnvironment, RunDescription run, ITrackingStore store)
    {
        using var deadline = new CancellationTokenSource(settings.ContactDeadline, time);
        return Task.Run(() => fromEnvironment.PrepareAsync(run, store, stores.Resolve(settings.Uri), deadline.Token)).GetAwaiter().GetResult();
    }

    // Long enough for a server that works, short enough for one that does not. From then on the sender keeps trying.
    // A store that refuses a run which is part of another one took that one before: this one is not worth losing what is done already.
    private void Contact(JournalSender sender, RunJournal journal, bool isNew, OnRefusal onRefusal)
    {
        using var deadline = new CancellationTokenSource(settings.ContactDeadline, time);
        string reason;
        try
        {
            Task.Run(() => sender.BindAsync(isFirstContact: true, SendMode.Live, deadline.Token)).GetAwaiter().GetResult();
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
        catch (StoreException e) when (onRefusal == OnRefusal.Stop)
        {
            Discard(journal, isNew);
            throw new ConfigurationException(e.Message);
        }
        catch (StoreException e)
        {
            _logger.Log(
                LevelOf(onRefusal), "The tracking store {Address} does not take the run ({Reason}). It is kept on disk, in {Folder}, and sent "
                    + "should that change.", journal.Header.Address, e.Message, journal.Folder);
            return;
        }

        if (settings.RequiresServer && onRefusal == OnRefusal.Stop)
        {
            Discard(journal, isNew);
            throw new ConfigurationException($"The tracking store {journal.Header.Address} does not answer ({reason}), and tracking.onUnreachable is " +
                "'fail'. Start it, or set tracking.onUnreachable to 'offline'.");
        }

        _logger.Log(
            LevelOf(onRefusal), "The tracking store {Address} does not answer ({Reason}). The run begins on disk, in {Folder}, and is sent when it "
                + "does.", journal.Header.Address, reason, journal.Folder);
    }

    private static LogLevel LevelOf(OnRefusal onRefusal) => onRefusal == OnRefusal.WarnAtTheEnd ? LogLevel.Debug : LogLevel.Warning;

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

    /// <summary>What a store's refusal of a run means at its start.</summary>
    private enum OnRefusal
    {
        /// <summary>The user corrects it before anything is done.</summary>
        Stop,

        /// <summary>The run goes on without the store.</summary>
        Warn,

        /// <summary>The same, for a run that ends at once and then says what is left.</summary>
        WarnAtTheEnd,
    }
}
