using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>Moves events from memory to the journal, on its own task.</summary>
internal sealed class JournalWriter(EventBuffer buffer, RunJournal journal, TimeSpan flushInterval, TimeProvider time, ILogger logger)
{
    private const int EventsWorthAWrite = 1000;
    private readonly AsyncSignal added = new();
    private readonly AsyncSignal urgent = new();
    private volatile bool isClosing;
    private bool hasReportedFault;
    private bool hasReportedDrop;

    /// <summary>Called after every write.</summary>
    public required Action Written { get; init; }

    /// <summary>Adds an event; returns at once.</summary>
    public void Add(JournalEvent item)
    {
        if (!buffer.Add(item) && !item.IsExpendable && !hasReportedDrop)
        {
            hasReportedDrop = true;
            logger.LogWarning("Metrics are lost: {Count} values wait because the journal {Folder} cannot be written fast enough. Check that disk.", buffer.Count, journal.Folder);
        }

        added.Set();
        if (buffer.Count >= EventsWorthAWrite)
        {
            urgent.Set();
        }
    }

    /// <summary>Lets <see cref="RunAsync"/> write what is left and end.</summary>
    public void Close()
    {
        isClosing = true;
        urgent.Set();
        added.Set();
    }

    /// <summary>Writes until <see cref="Close"/>.</summary>
    public async Task RunAsync()
    {
        while (!isClosing)
        {
            await added.WaitAsync(CancellationToken.None);
            if (!isClosing)
            {
                await urgent.WaitAsync(flushInterval, time);
            }

            Write();
        }

        Write();
    }

    private void Write()
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
        catch (IOException e)
        {
            buffer.PutBack(events);
            added.Set();
            if (!hasReportedFault)
            {
                hasReportedFault = true;
                logger.LogWarning("The journal {Folder} cannot be written ({Reason}). Values stay in memory meanwhile.", journal.Folder, e.Message);
            }
        }

        Written();
    }
}
