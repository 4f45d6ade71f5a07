using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

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
    private readonly BackgroundSender _sender;
    private readonly Task _work;
    private readonly TextRules _text;
    private readonly ConcurrentDictionary<string, string> _parameters = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _hasEnded;

    /// <summary>Begins to write. The journal and the store belong to the run from here on.</summary>
    public TrackedRun(
        string runId, RunJournal journal, JournalSender sender, ITrackingStore store, TrackingSettings settings, RetryPolicy retry, TimeProvider time,
        ILogger logger)
    {
        RunId = runId;
        _text = new TextRules(logger);
        _journal = journal;
        _store = store;
        _settings = settings;
        _time = time;
        _logger = logger;
        _sender = new BackgroundSender(sender, journal, retry, time, logger) { TakeUnwritten = () => _writer!.TakeUnwritten() };
        _writer = new JournalWriter(settings.QueueCapacity, journal, settings.FlushInterval, time, logger) { Written = _sender.Wake };
        _sender.Wake();
        _work = Task.WhenAll(Task.Run(WriteAsync), Task.Run(_sender.RunAsync));
    }

    /// <inheritdoc/>
    public string RunId { get; }

    /// <summary>What measures beside the run; disposed before its end is written.</summary>
    public IDisposable? Sampler { get; set; }

    /// <summary>What sends earlier runs beside this one; disposed once its end is written.</summary>
    public IDisposable? Replay { get; set; }

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
    public bool LogArtifact(string file, string artifactPath)
    {
        var path = _text.Path(artifactPath);
        try
        {
            var size = new FileInfo(file).Length;
            if (size > _settings.LargestArtifactBytes)
            {
                var where = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFullPath(file)} ({size} bytes)");
                SetTags(new Dictionary<string, string> { ["artifact.skipped." + path] = where });
                _logger.LogWarning(
                    "{File} has {Size} bytes and is not stored with the run, its path is (limit {Limit} bytes).", file, size, _settings.LargestArtifactBytes);
                return false;
            }

            var kept = CopyOf(file);
            Add(new JournalEvent(EventKind.Artifact) { Key = path, Text = kept });
            return Path.IsPathRooted(kept);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning("{File} is not stored with the run: {Reason}", file, e.Message);
            return false;
        }
    }

    /// <inheritdoc/>
    public bool LogModel(ModelEntry model, string folder)
    {
        try
        {
            if (Directory.EnumerateFiles(folder).Select(file => new FileInfo(file).Length).Max() is var size && size > _settings.LargestArtifactBytes)
            {
                _logger.LogWarning("A file of the model in {Folder} has {Size} bytes; it is not stored with the run (limit {Limit} bytes).", folder, size,
                    _settings.LargestArtifactBytes);
                return false;
            }

            var kept = model.WithFiles(folder, CopyOf);
            Add(new JournalEvent(EventKind.Model) { Key = model.Name, Model = kept });
            return kept.Files.Values.Any(Path.IsPathRooted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning("The model in {Folder} is not stored with the run: {Reason}", folder, e.Message);
            return false;
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
            WaitForFirstEnd(outcome);
            return;
        }

        try
        {
            Sampler?.Dispose();
            FinishWork(outcome);
            _store.Dispose();
            DeleteOrTellWhatIsLeft();
        }
        catch (Exception e) when (e is not OutOfMemoryException)   // whatever goes wrong here must not reach the training
        {
            _logger.LogWarning("The end of run {RunId} is not recorded: {Reason} What was logged is kept in {Folder}.", RunId, e.Message, _journal.Folder);
        }
        finally
        {
            _journal.Dispose();
            _end.TrySetResult();
        }
    }

    /// <summary>A run that nobody ended was left by an error.</summary>
    public void Dispose() => End(RunOutcome.Failed);

    private async Task WriteAsync()
    {
        try
        {
            await _writer.RunAsync();
        }
        finally
        {
            _sender.Close();
        }
    }

    private void FinishWork(RunOutcome outcome)
    {
        _writer.Add(new JournalEvent(EventKind.End) { Key = StatusOf(outcome), Time = Now() });
        _writer.Close();
        Replay?.Dispose();
        Wait(Task.WhenAny(_work, _stop.Task), outcome == RunOutcome.Killed ? _settings.StoppedDeadline : _settings.EndDeadline);
        if (!_work.IsCompleted)
        {
            _sender.Abort();
            Wait(_work, _settings.StoppedDeadline);
        }

        _sender.Dispose();
    }

    // Whoever ends the run a second time may end the process next; a stop ends the wait of the first end.
    private void WaitForFirstEnd(RunOutcome outcome)
    {
        if (outcome == RunOutcome.Killed && !Wait(_end.Task, _settings.StoppedDeadline))
        {
            _stop.TrySetResult();
        }

        Wait(_end.Task, outcome == RunOutcome.Killed ? _settings.StoppedDeadline : _settings.EndDeadline + _settings.StoppedDeadline);
    }

    private void DeleteOrTellWhatIsLeft()
    {
        if (_sender.Lost > 0)
        {
            _logger.LogWarning(
                "{Count} values of run {RunId} are lost: neither the store ({Reason}) nor the disk of {Folder} takes "
                    + "them.", _sender.Lost, RunId, _sender.Problem ?? "no answer in time", _journal.Folder);
        }

        if (_journal.IsComplete && _journal.State.HasEnded)
        {
            _journal.Delete();
            return;
        }

        var kept = KeptItems.Read(_journal.Folder);
        var why = _sender.Problem ?? (kept.Reasons.Count > 0 ? kept.Reasons[0] : "no answer in time");
        var unknown = _journal.State.RunId is null ? $" The store does not know the run yet: {RunId} is its local identifier, and sync says which "
            + "one it gets." : "";
        _logger.LogWarning(
            "Not everything of run {RunId} is in the tracking store ({Reason}): {Kept} kept in {Folder}. The next run there tries again, 'parallax "
                + "runs sync' does it now, "
            + "'parallax runs discard {Key}' gives it up.{Unknown}",
            RunId, why, kept, _journal.Folder, _journal.State.RunId ?? _journal.Header.RunKey, unknown);
    }

    private bool Wait(Task work, TimeSpan deadline)
    {
        try
        {
            work.WaitAsync(deadline, _time).GetAwaiter().GetResult();
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // Without room for a copy the file itself is sent, as it is by then.
    private string CopyOf(string file)
    {
        File.OpenRead(file).Dispose();
        try
        {
            return _journal.AddFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning("{File} cannot be copied to {Folder} ({Reason}); it is sent from where it is, as it is by "
                + "then.", file, _journal.Folder, e.Message);
            return Path.GetFullPath(file);
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
