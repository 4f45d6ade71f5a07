using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Parallax.Host.Tracking;

/// <summary>
/// The folder that holds everything about one run until the store has it: <c>run.json</c> (who it is), <c>events.jsonl</c> (append-only),
/// <c>state.json</c> (how far it is sent), <c>files/</c> (artifacts), <c>refused.jsonl</c> (what the store did not take). One process at a time owns
/// it. One thread appends, one thread sends.
/// </summary>
internal sealed class RunJournal : IDisposable
{
    /// <summary>Name of the file with the events.</summary>
    public const string EventsName = "events.jsonl";

    private readonly FileStream _ownership;
    private readonly SafeFileHandle _events;   // not a FileStream: one thread appends while another reads, and a stream is for one thread
    private long _committed;
    private int _fileNumber;

    private RunJournal(string folder, FileStream ownership, JournalHeader header)
    {
        Folder = folder;
        Header = header;
        _ownership = ownership;
        State = ReadJson(StateFile, JournalJson.Default.JournalState) ?? new JournalState();
        Refused = new RefusedItems(folder);
        _events = File.OpenHandle(Path.Combine(folder, EventsName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _committed = LastCompleteLine();
        RandomAccess.SetLength(_events, _committed);   // a process that was killed may leave half a line
        Directory.CreateDirectory(FilesFolder);
        _fileNumber = Directory.GetFiles(FilesFolder).Length;
    }

    public string Folder { get; }

    /// <summary>Who the run is.</summary>
    public JournalHeader Header { get; }

    /// <summary>How far it is sent.</summary>
    public JournalState State { get; private set; }

    /// <summary>What the store did not take.</summary>
    public RefusedItems Refused { get; }

    /// <summary>True when the store has everything: nothing waits, nothing was refused.</summary>
    public bool IsComplete => Pending == 0 && Refused.All.Count == 0;

    /// <summary>
    /// Other identifiers by which the run is known: that of a record that is gone from the store, and the local one of a run that began without the
    /// store.
    /// </summary>
    public IEnumerable<string> FormerIds()
    {
        string?[] known = [State.LostRunId, State.BeganOffline ? Header.ResumeRunId ?? Header.RunKey : null];
        return known.OfType<string>().Where(id => State.RunId is { } runId && id != runId);
    }

    /// <summary>Number of bytes that wait to be sent.</summary>
    public long Pending => Volatile.Read(ref _committed) - State.Offset;

    private string StateFile => Path.Combine(Folder, "state.json");

    private string FilesFolder => Path.Combine(Folder, "files");

    /// <summary>Begins the journal of a run.</summary>
    public static RunJournal Create(string folder, JournalHeader header)
    {
        Directory.CreateDirectory(folder);
        var ownership = Own(folder) ?? throw new IOException($"The journal {folder} belongs to another process.");
        try
        {
            WriteWhole(Path.Combine(folder, "run.json"), JsonSerializer.SerializeToUtf8Bytes(header, JournalJson.Default.JournalHeader), toDisk: true);
            return new RunJournal(folder, ownership, header);
        }
        catch
        {
            ownership.Dispose();
            Directory.Delete(folder, recursive: true);   // half a journal, when the disk is full
            throw;
        }
    }

    /// <summary>
    /// Opens a journal that another process left; null while a process owns it, when it is gone, or when it never got far enough to say whose it is.
    /// </summary>
    /// <exception cref="IOException">A file of it cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">That is forbidden.</exception>
    public static RunJournal? TryOpen(string folder)
    {
        if (!Directory.Exists(folder) || Own(folder) is not { } ownership)
        {
            return null;
        }

        RunJournal? opened = null;
        try
        {
            return opened = ReadHeader(folder) is { } header ? new RunJournal(folder, ownership, header) : null;
        }
        finally
        {
            if (opened is null)
            {
                ownership.Dispose();
            }
        }
    }

    /// <summary>Who the run of a folder is, without owning it; null when it is no journal, or cannot be read.</summary>
    public static JournalHeader? ReadHeader(string folder) =>
        TryReadJson(folder, "run.json", JournalJson.Default.JournalHeader) is { Address: not null, RunKey: not null } header ? header : null;

    /// <summary>How far the journal of a folder is sent, without owning it; as if nothing were when that cannot be read.</summary>
    public static JournalState ReadState(string folder) => TryReadJson(folder, "state.json", JournalJson.Default.JournalState) ?? new JournalState();

    /// <summary>Adds complete lines in one write that is on the disk when the call returns.</summary>
    public void Append(ReadOnlySpan<byte> lines)
    {
        var start = _committed;
        try
        {
            RandomAccess.Write(_events, lines, start);
            RandomAccess.FlushToDisk(_events);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryCut(start);   // no half lines when the disk was full
            throw;
        }

        Volatile.Write(ref _committed, start + lines.Length);
    }

    /// <summary>Notes that a process continues the run.</summary>
    public void AppendSession() => Append(new JournalEvent(EventKind.Session));

    /// <summary>Adds one event, which is on the disk when the call returns.</summary>
    public void Append(JournalEvent item) => Append([.. JsonSerializer.SerializeToUtf8Bytes(item, JournalJson.Default.JournalEvent), (byte)'\n']);

    /// <summary>The next complete lines from a byte on, each without its line end; at least one when there is one.</summary>
    public IReadOnlyList<byte[]> Read(long offset, int maxBytes)
    {
        var available = Volatile.Read(ref _committed) - offset;
        for (var size = Math.Min(available, maxBytes); size > 0; size = Math.Min(available, size * 2))
        {
            var bytes = new byte[size];
            RandomAccess.Read(_events, bytes, offset);
            var lines = SplitLines(bytes);
            if (lines.Count > 0 || size == available)
            {
                return lines;
            }
        }

        return [];
    }

    /// <summary>The last complete line, without its line end; null when it is longer than the end of a run, or there is none.</summary>
    public byte[]? ReadLast()
    {
        const int longest = 4096;
        var size = (int)Math.Min(Volatile.Read(ref _committed), longest);
        var bytes = new byte[size];
        RandomAccess.Read(_events, bytes, Volatile.Read(ref _committed) - size);
        var start = size < 2 ? -1 : Array.LastIndexOf(bytes, (byte)'\n', size - 2);
        return size == 0 || (start < 0 && size == longest) ? null : bytes[(start + 1)..^1];
    }

    /// <summary>
    /// Remembers how far it is sent. Waits for the disk only where a repetition would cost a search: around the creation of the run. A disk that takes nothing
    /// does not stop the sending: the next process repeats what it does not know of, which does no harm.
    /// </summary>
    public void Acknowledge(JournalState state)
    {
        var isBinding = state.RunId != State.RunId || state.CreationWasTried != State.CreationWasTried;
        State = state;
        try
        {
            WriteWhole(StateFile, JsonSerializer.SerializeToUtf8Bytes(state, JournalJson.Default.JournalState), isBinding);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk is full or read-only, which the writer of the journal tells.
        }
    }

    /// <summary>Copies a file into the journal.</summary>
    /// <returns>Path of the copy, relative to the folder.</returns>
    public string AddFile(string file)
    {
        var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"files/{Interlocked.Increment(ref _fileNumber):D6}-{Guid.NewGuid():N}");
        var copy = Path.Combine(Folder, name);
        try
        {
            File.Copy(file, copy);
        }
        catch
        {
            File.Delete(copy);   // half a file, when the disk is full
            throw;
        }

        return name;
    }

    /// <summary>Removes the folder: the store has everything. Where that is forbidden it stays, and sending it again does no harm.</summary>
    public void Delete()
    {
        Dispose();
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // For example on a disk that became read-only.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _events.Dispose();
        _ownership.Dispose();
    }

    private void TryCut(long length)
    {
        try
        {
            RandomAccess.SetLength(_events, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next write begins at the same byte.
        }
    }

    private static FileStream? Own(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            return null;
        }
    }

    // Other processes remove what they sent: a file may be gone between two looks.
    private static T? TryReadJson<T>(string folder, string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return ReadJson(Path.Combine(folder, name), type);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static T? ReadJson<T>(string file, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), type) : null;
        }
        catch (JsonException)
        {
            return null;   // an older or foreign file; without a state everything is sent again, which does no harm
        }
    }

    private static void WriteWhole(string file, byte[] content, bool toDisk)
    {
        var partial = file + ".partial";
        using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write))
        {
            stream.Write(content);
            stream.Flush(toDisk);
        }

        File.Move(partial, file, overwrite: true);
    }

    private static List<byte[]> SplitLines(byte[] bytes)
    {
        var lines = new List<byte[]>();
        var start = 0;
        for (var end = Array.IndexOf(bytes, (byte)'\n'); end >= 0; end = Array.IndexOf(bytes, (byte)'\n', start))
        {
            lines.Add(bytes[start..end]);
            start = end + 1;
        }

        return lines;
    }

    private long LastCompleteLine()
    {
        var tail = new byte[1];
        for (var length = RandomAccess.GetLength(_events); length > 0; length--)
        {
            RandomAccess.Read(_events, tail, length - 1);
            if (tail[0] == (byte)'\n')
            {
                return length;
            }
        }

        return 0;
    }
}
