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
    public void Add(IReadOnlyList<RefusedItem> items) => Replace([.. _items, .. items]);

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
