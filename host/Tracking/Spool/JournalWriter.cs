using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>Moves events from memory to the journal, on its own task.</summary>
internal sealed class JournalWriter(EventBuffer buffer, RunJournal journal, TimeSpan flushInterval, TimeProvider time, ILogger logger)
{
    private const int EventsWorthAWrite = 1000;
    private readonly AsyncSignal _added = new();
    private readonly AsyncSignal _urgent = new();
    private readonly Lock _writing = new();
    private volatile bool _isClosing;
    private bool _hasReportedFault;
    private bool _hasReportedDrop;

    /// <summary>Called after every write.</summary>
    public required Action Written { get; init; }

    /// <summary>Adds an event; returns at once.</summary>
    public void Add(JournalEvent item)
    {
        if (!buffer.Add(item) && !item.IsExpendable && !_hasReportedDrop)
        {
            _hasReportedDrop = true;
            logger.LogWarning("Metrics are lost: {Count} values wait because the journal {Folder} cannot be written fast enough. Check that disk.", buffer.Count, journal.Folder);
        }

        _added.Set();
        if (buffer.Count >= EventsWorthAWrite)
        {
            _urgent.Set();
        }
    }

    /// <summary>Writes what was added so far, on the thread of the caller.</summary>
    public void Flush() => Write();

    /// <summary>Takes what could not be written; empty unless the disk takes nothing. Called after <see cref="RunAsync"/>.</summary>
    public IReadOnlyList<JournalEvent> TakeUnwritten() => buffer.Take();

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

            Write();
        }

        Write();
    }

    private void Write()
    {
        lock (_writing)   // who waits for the disk waits for what another thread is writing, too
        {
            WriteAlone();
        }
    }

    private void WriteAlone()
    {
        var events = buffer.Take();
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
            buffer.PutBack(events);
            _added.Set();
            if (!_hasReportedFault)
            {
                _hasReportedFault = true;
                logger.LogWarning("The journal {Folder} cannot be written ({Reason}). What is logged stays in memory, and is sent from there in "
                    + "the end. Make room there, or make it writable.", journal.Folder, e.Message);
            }
        }

        Written();
    }
}
