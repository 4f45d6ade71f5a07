using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Parallax.Contracts;

namespace Parallax.Host.Tracking;

/// <summary>One run: values go to a queue in memory, from there to a journal on disk, from there to the store.</summary>
internal sealed class TrackedRun : ITrackedRun
{
    private readonly TrackingSettings _settings;
    private readonly RunJournal _journal;
    private readonly ITrackingStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly JournalWriter _writer;
    private readonly JournalSender _sender;
    private readonly Task _work;
    private readonly TextRules _text;
    private readonly ConcurrentDictionary<string, string> _parameters = new();
    private int _hasEnded;

    /// <summary>Begins to write. The journal and the store belong to the run from here on.</summary>
    public TrackedRun(string runId, RunJournal journal, JournalPump pump, ITrackingStore store, TrackingSettings settings, RetryPolicy retry, TimeProvider time, ILogger logger)
    {
        RunId = runId;
        _text = new TextRules(logger);
        _journal = journal;
        _store = store;
        _settings = settings;
        _time = time;
        _logger = logger;
        _sender = new JournalSender(pump, journal, retry, logger);
        _writer = new JournalWriter(new EventBuffer(settings.QueueCapacity), journal, settings.FlushInterval, time, logger) { Written = _sender.Wake };
        _sender.Wake();
        var writing = Task.Run(_writer.RunAsync);
        var sending = Task.Run(_sender.RunAsync);
        _work = Task.WhenAll(writing.ContinueWith(_ => _sender.Close(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default), writing, sending);
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
            var clean = _text.Key(key);
            var text = _text.Parameter(clean, value);
            var first = _parameters.GetOrAdd(clean, text);
            if (ReferenceEquals(first, text))
            {
                Add(new JournalEvent(EventKind.Param) { Key = clean, Text = text });
            }
            else if (first != text)
            {
                _logger.LogWarning("Parameter {Key} is '{First}' and stays so; '{Value}' is not logged.", clean, first, text);
            }
        }
    }

    /// <inheritdoc/>
    public void LogMetric(string name, double value, long step) =>
        Add(new JournalEvent(EventKind.Metric) { Key = _text.Key(name), Number = value, Step = step, Time = Now() });

    /// <inheritdoc/>
    public void SetTags(IReadOnlyDictionary<string, string> tags)
    {
        foreach (var (key, value) in _text.Tags(tags))
        {
            Add(new JournalEvent(EventKind.Tag) { Key = key, Text = value });
        }
    }

    /// <inheritdoc/>
    public void LogDataset(DatasetInfo data, string context) => Add(new JournalEvent(EventKind.Dataset) { Data = DatasetEntries.From(data, context) });

    /// <inheritdoc/>
    public void LogArtifact(string file, string artifactPath)
    {
        var path = _text.Path(artifactPath);
        try
        {
            var size = new FileInfo(file).Length;
            if (size > _settings.LargestArtifactBytes)
            {
                SetTags(new Dictionary<string, string> { ["artifact.skipped." + path] = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFullPath(file)} ({size} bytes)") });
                _logger.LogWarning("{File} has {Size} bytes and is not stored with the run, its path is (limit {Limit} bytes).", file, size, _settings.LargestArtifactBytes);
                return;
            }

            Add(new JournalEvent(EventKind.Artifact) { Key = path, Text = _journal.AddFile(file) });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning("{File} is not stored with the run: {Reason}", file, e.Message);
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (Volatile.Read(ref _hasEnded) == 0)
        {
            _writer.Flush();
        }
    }

    /// <inheritdoc/>
    public void End(RunOutcome outcome)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 1)
        {
            return;
        }

        Companion?.Dispose();
        _writer.Add(new JournalEvent(EventKind.End) { Key = StatusOf(outcome), Time = Now() });
        _writer.Close();
        if (!WaitForWork(_settings.EndDeadline))
        {
            _sender.Abort();
            WaitForWork(_settings.EndDeadline);
        }

        _sender.Dispose();
        _store.Dispose();
        if (_journal.Pending == 0 && _journal.State.HasEnded)
        {
            _journal.Delete();
            return;
        }

        _logger.LogWarning("Not everything of run {RunId} could be sent. It is kept in {Folder}; the next run sends it, or 'parallax runs sync'.", RunId, _journal.Folder);
        _journal.Dispose();
    }

    /// <summary>A run that nobody ended was left by an error.</summary>
    public void Dispose() => End(RunOutcome.Failed);

    private bool WaitForWork(TimeSpan deadline)
    {
        try
        {
            _work.WaitAsync(deadline, _time).GetAwaiter().GetResult();
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Add(JournalEvent item)
    {
        if (Volatile.Read(ref _hasEnded) == 0)
        {
            _writer.Add(item);
        }
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static string StatusOf(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Finished => RunStatus.Finished,
        RunOutcome.Killed => RunStatus.Killed,
        _ => RunStatus.Failed,
    };
}
