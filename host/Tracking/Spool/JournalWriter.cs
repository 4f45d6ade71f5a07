using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>
/// The bounded queue between training and the journal, and the task that writes it. Adding never waits; a full queue gives up system metrics first, then
/// metrics, never anything else.
/// </summary>
/// <param name="capacity">Number of metrics that the queue holds.</param>
/// <param name="journal">Written to.</param>
/// <param name="flushInterval">Events are collected this long before they are written together.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Told when metrics are given up, and when the journal cannot be written.</param>
internal sealed class JournalWriter(int capacity, RunJournal journal, TimeSpan flushInterval, TimeProvider time, ILogger logger)
{
    private const int EventsWorthAWrite = 1000;
    private readonly AsyncSignal _added = new();
    private readonly AsyncSignal _urgent = new();
    private readonly Lock _queue = new();
    private readonly Lock _writing = new();
    private List<JournalEvent> _waiting = [];
    private volatile bool _isClosing;
    private bool _hasReportedFault;
    private bool _hasReportedDrop;

    /// <summary>Called after every write.</summary>
    public required Action Written { get; init; }

    /// <summary>Adds an event; returns at once.</summary>
    public void Add(JournalEvent item)
    {
        var (isTaken, count) = Enqueue(item);
        if (!isTaken && !item.IsSystemMetric && !_hasReportedDrop)
        {
            _hasReportedDrop = true;
            logger.LogWarning(
                "Metrics are lost: {Count} values wait because the journal {Folder} cannot be written fast enough. Check that disk.", count, journal.Folder);
        }

        _added.Set();
        if (count >= EventsWorthAWrite)
        {
            _urgent.Set();
        }
    }

    /// <summary>Writes what was added so far, on the thread of the caller.</summary>
    public void Flush()
    {
        lock (_writing)   // who waits for the disk waits for what another thread is writing, too
        {
            Write();
        }
    }

    /// <summary>Takes what could not be written; empty unless the disk takes nothing. Called after <see cref="RunAsync"/>.</summary>
    public List<JournalEvent> TakeUnwritten()
    {
        lock (_queue)
        {
            (var taken, _waiting) = (_waiting, []);
            return taken;
        }
    }

    /// <summary>Lets <see cref="RunAsync"/> write what is left and end.</summary>
    public void Close()
    {
        _isClosing = true;
        _urgent.Set();
        _added.Set();
    }

    /// <summary>Writes until <see cref="Close"/>.</summary>
    public async Task RunAsync()
    {
        while (!_isClosing)
        {
            await _added.WaitAsync(CancellationToken.None);
            if (!_isClosing)
            {
                await _urgent.WaitAsync(flushInterval, time);
            }

            Flush();
        }

        Flush();
    }

    private (bool IsTaken, int Count) Enqueue(JournalEvent item)
    {
        lock (_queue)
        {
            var isTaken = item.Kind != EventKind.Metric || _waiting.Count < (item.IsSystemMetric ? capacity / 2 : capacity);
            if (isTaken)
            {
                _waiting.Add(item);
            }

            return (isTaken, _waiting.Count);
        }
    }

    private void Write()
    {
        var events = TakeUnwritten();
        if (events.Count == 0)
        {
            return;
        }

        var lines = new ArrayBufferWriter<byte>(events.Count * 96);
        foreach (var item in events)
        {
            using (var json = new Utf8JsonWriter(lines))
            {
                JsonSerializer.Serialize(json, item, JournalJson.Default.JournalEvent);
            }

            lines.Write("\n"u8);
        }

        try
        {
            journal.Append(lines.WrittenSpan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            PutBack(events);
            if (!_hasReportedFault)
            {
                _hasReportedFault = true;
                logger.LogWarning(
                    "The journal {Folder} cannot be written ({Reason}). What is logged stays in memory, and is sent from there in the end. Make room there, " +
                    "or make it writable.", journal.Folder, e.Message);
            }
        }

        Written();
    }

    // Before everything that came since.
    private void PutBack(List<JournalEvent> events)
    {
        lock (_queue)
        {
            _waiting.InsertRange(0, events);
        }

        _added.Set();
    }
}
