using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Parallax.Contracts;

namespace Parallax.Host.Tracking;

/// <summary>One run: values go to a queue in memory, from there to a journal on disk, from there to the store.</summary>
internal sealed class TrackedRun : ITrackedRun
{
    private readonly TrackingSettings settings;
    private readonly RunJournal journal;
    private readonly ITrackingStore store;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly JournalWriter writer;
    private readonly JournalSender sender;
    private readonly Task work;
    private readonly ConcurrentDictionary<string, string> cleanKeys = new();
    private readonly ConcurrentDictionary<string, string> parameters = new();
    private int hasEnded;

    /// <summary>Begins to write. The journal and the store belong to the run from here on.</summary>
    public TrackedRun(string runId, RunJournal journal, JournalPump pump, ITrackingStore store, TrackingSettings settings, RetryPolicy retry, TimeProvider time, ILogger logger)
    {
        RunId = runId;
        this.journal = journal;
        this.store = store;
        this.settings = settings;
        this.time = time;
        this.logger = logger;
        sender = new JournalSender(pump, journal, retry, time, logger);
        writer = new JournalWriter(new EventBuffer(settings.QueueCapacity), journal, settings.FlushInterval, time, logger) { Written = sender.Wake };
        sender.Wake();
        var writing = Task.Run(writer.RunAsync);
        var sending = Task.Run(sender.RunAsync);
        work = Task.WhenAll(writing.ContinueWith(_ => sender.Close(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default), writing, sending);
    }

    /// <inheritdoc/>
    public string RunId { get; }

    /// <summary>Disposed when the run ends: what measures beside it.</summary>
    public IDisposable? Companion { get; set; }

    /// <inheritdoc/>
    public void LogParameters(IReadOnlyDictionary<string, string> parameters)
    {
        foreach (var (key, value) in parameters)
        {
            var clean = CleanKey(key);
            var text = CleanValue(value, KeyRules.MaxParamLength);
            var first = this.parameters.GetOrAdd(clean, text);
            if (ReferenceEquals(first, text))
            {
                Add(new JournalEvent(EventKind.Param) { Key = clean, Text = text });
            }
            else if (first != text)
            {
                logger.LogWarning("Parameter {Key} is '{First}' and stays so; '{Value}' is not logged.", clean, first, text);
            }
        }
    }

    /// <inheritdoc/>
    public void LogMetric(string name, double value, long step) =>
        Add(new JournalEvent(EventKind.Metric) { Key = CleanKey(name), Number = value, Step = step, Time = Now() });

    /// <inheritdoc/>
    public void SetTags(IReadOnlyDictionary<string, string> tags)
    {
        foreach (var (key, value) in tags)
        {
            Add(new JournalEvent(EventKind.Tag) { Key = CleanKey(key), Text = CleanValue(value, KeyRules.MaxTagLength) });
        }
    }

    /// <inheritdoc/>
    public void LogDataset(DatasetInfo data, string context) => Add(new JournalEvent(EventKind.Dataset) { Data = DatasetEntries.From(data, context) });

    /// <inheritdoc/>
    public void LogArtifact(string file, string artifactPath)
    {
        var path = KeyRules.SanitizePath(artifactPath);
        try
        {
            var size = new FileInfo(file).Length;
            if (size > settings.LargestArtifactBytes)
            {
                SetTags(new Dictionary<string, string> { ["artifact.skipped." + path] = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFullPath(file)} ({size} bytes)") });
                logger.LogWarning("{File} has {Size} bytes and is not stored with the run, its path is (limit {Limit} bytes).", file, size, settings.LargestArtifactBytes);
                return;
            }

            Add(new JournalEvent(EventKind.Artifact) { Key = path, Text = journal.AddFile(file) });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("{File} is not stored with the run: {Reason}", file, e.Message);
        }
    }

    /// <inheritdoc/>
    public void End(RunOutcome outcome)
    {
        if (Interlocked.Exchange(ref hasEnded, 1) == 1)
        {
            return;
        }

        Companion?.Dispose();
        writer.Add(new JournalEvent(EventKind.End) { Key = StatusOf(outcome), Time = Now() });
        writer.Close();
        if (!WaitForWork(settings.EndDeadline))
        {
            sender.Abort();
            WaitForWork(settings.EndDeadline);
        }

        sender.Dispose();
        store.Dispose();
        if (journal.Pending == 0 && journal.State.HasEnded)
        {
            journal.Delete();
            return;
        }

        logger.LogWarning("Not everything of run {RunId} could be sent. It is kept in {Folder}; the next run sends it, or 'parallax runs sync'.", RunId, journal.Folder);
        journal.Dispose();
    }

    /// <summary>A run that nobody ended was left by an error.</summary>
    public void Dispose() => End(RunOutcome.Failed);

    private bool WaitForWork(TimeSpan deadline)
    {
        try
        {
            work.WaitAsync(deadline, time).GetAwaiter().GetResult();
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Add(JournalEvent item)
    {
        if (Volatile.Read(ref hasEnded) == 0)
        {
            writer.Add(item);
        }
    }

    private string CleanKey(string key) => cleanKeys.GetOrAdd(key, k =>
    {
        var clean = KeyRules.Sanitize(k);
        if (clean != k)
        {
            logger.LogWarning("'{Key}' is no key that MLflow takes; it is logged as '{Clean}'. Use letters, digits and _ - . / and at most {Length} characters.", k, clean, KeyRules.MaxKeyLength);
        }

        return clean;
    });

    private static string CleanValue(string value, int length) => KeyRules.Cut(SecretScrubber.Scrub(value), length);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static string StatusOf(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Finished => RunStatus.Finished,
        RunOutcome.Killed => RunStatus.Killed,
        _ => RunStatus.Failed,
    };
}
