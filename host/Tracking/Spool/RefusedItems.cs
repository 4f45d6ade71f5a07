using System.Text;
using System.Text.Json;

namespace Parallax.Host.Tracking;

/// <summary>The items that the store refused one by one: <c>refused.jsonl</c> in the folder of a journal. For one thread.</summary>
internal sealed class RefusedItems
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "refused.jsonl";

    private readonly string _file;
    private List<RefusedItem> _items;

    /// <param name="folder">Folder of the journal.</param>
    public RefusedItems(string folder)
    {
        _file = Path.Combine(folder, FileName);
        _items = [.. Read(folder)];
    }

    /// <summary>All of them, the oldest first.</summary>
    public IReadOnlyList<RefusedItem> All => _items;

    /// <summary>What a folder holds, without owning it.</summary>
    public static IReadOnlyList<RefusedItem> Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        return File.Exists(file) ? [.. File.ReadLines(file).Select(TryRead).OfType<RefusedItem>()] : [];
    }

    /// <summary>Adds items.</summary>
    /// <exception cref="IOException">They cannot be written; nothing was added.</exception>
    public void Add(IReadOnlyList<RefusedItem> items)
    {
        if (items.Count > 0)
        {
            Replace([.. _items, .. items]);
        }
    }

    /// <summary>Puts these items in the place of all.</summary>
    /// <exception cref="IOException">They cannot be written; everything is as before.</exception>
    public void Replace(IReadOnlyList<RefusedItem> items)
    {
        if (items.Count == 0)
        {
            File.Delete(_file);
        }
        else
        {
            AtomicFile.Replace(_file, stream => Write(stream, items));
        }

        _items = [.. items];
    }

    private static void Write(Stream stream, IReadOnlyList<RefusedItem> items)
    {
        foreach (var item in items)
        {
            stream.Write(JsonSerializer.SerializeToUtf8Bytes(item, JournalJson.Default.RefusedItem));
            stream.WriteByte((byte)'\n');
        }
    }

    private static RefusedItem? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalJson.Default.RefusedItem);
        }
        catch (JsonException)
        {
            return null;   // not one of ours
        }
    }
}

/// <summary>Something that the store did not take although it took other things. It is kept until it is sent or discarded by command.</summary>
/// <param name="Failure">Why.</param>
/// <param name="Reason">The words of the store.</param>
/// <param name="Event">The event, as it is to be sent; null for a line of the journal that cannot be read.</param>
/// <param name="Raw">The line that cannot be read; null for all others.</param>
internal sealed record RefusedItem(StoreFailure Failure, string Reason, JournalEvent? Event, string? Raw)
{
    /// <summary>True when the same call may work later without anyone changing the server's settings.</summary>
    public bool MayPass => Failure != StoreFailure.Rejected;

    /// <summary>The item as a line of a journal.</summary>
    public SpooledEvent ToSpooled() => new(
        Event is null ? Encoding.UTF8.GetBytes(Raw ?? "") : JsonSerializer.SerializeToUtf8Bytes(Event, JournalJson.Default.JournalEvent), Event);
}

/// <summary>
/// When refused items of a run that is being written are tried again: after ten seconds, and after twice as long each time, up to ten minutes.
/// </summary>
internal sealed class RefusedRetry(TimeProvider time)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private TimeSpan _wait = FirstWait;
    private DateTimeOffset _next = time.GetUtcNow() + FirstWait;

    /// <summary>True when they are to be tried now.</summary>
    public bool IsDue(SendMode mode) => mode != SendMode.Live || time.GetUtcNow() >= _next;

    /// <summary>Notes a try.</summary>
    public void Note(bool isAllSent)
    {
        _wait = isAllSent ? FirstWait : TimeSpan.FromTicks(Math.Min(_wait.Ticks * 2, LongestWait.Ticks));
        _next = time.GetUtcNow() + _wait;
    }
}
