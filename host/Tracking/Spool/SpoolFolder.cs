namespace Parallax.Host.Tracking;

/// <summary>The folder of all journals, one folder per run, named by its local identifier.</summary>
internal sealed class SpoolFolder(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Begins the journal of a run.</summary>
    public RunJournal Create(JournalHeader header) => RunJournal.Create(FolderOf(header.RunKey), header);

    /// <summary>Folders of journals that are not gone: runs that are being written, and those with something left to send.</summary>
    public IReadOnlyList<string> Journals() => Directory.Exists(Path)
        ? [.. Directory.GetDirectories(Path).Where(f => RunJournal.ReadHeader(f) is not null).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Sorts folders of journals: each after that of the run it is part of, so that it names it by the right identifier; else as they began.</summary>
    public static IReadOnlyList<string> ParentsFirst(IReadOnlyList<string> folders)
    {
        var runs = folders.Select(folder => (Folder: folder, Header: RunJournal.ReadHeader(folder), State: RunJournal.ReadState(folder)))
            .Where(run => run.Header is not null).OrderBy(run => run.Header!.StartTime).ThenBy(run => run.Folder, StringComparer.Ordinal).ToList();
        var parents = new Dictionary<string, string?>();   // every identifier of a run, and what it says its parent is
        foreach (var (_, header, state) in runs)
        {
            string?[] ids = [header!.RunKey, header.ResumeRunId, state.RunId, state.LostRunId];
            foreach (var id in ids.OfType<string>())
            {
                parents[id] = header.ParentRunId ?? parents.GetValueOrDefault(id);
            }
        }

        return [.. runs.OrderBy(run => Depth(run.Header!.RunKey, parents)).Select(run => run.Folder)];   // a stable sort
    }

    /// <summary>The identifier in the store of a run that is known by its local one; null when unknown or not yet bound.</summary>
    public string? ResolveLocalId(string localId) => IsId(localId) ? RunJournal.ReadState(FolderOf(localId)).RunId : null;

    /// <summary>The folder of the journal of a run, by its local identifier or the one in the store; null when there is none.</summary>
    /// <param name="runId">The identifier.</param>
    /// <param name="address">The store that the journal must be of; null for any.</param>
    public string? Find(string runId, string? address = null) => Journals().FirstOrDefault(f =>
        (System.IO.Path.GetFileName(f) == runId || RunJournal.ReadState(f).RunId == runId)
            && (address is null || RunJournal.ReadHeader(f)?.Address == address));

    private string FolderOf(string runKey) => System.IO.Path.Combine(Path, runKey);

    private static bool IsId(string text) => text.Length > 0 && text.All(char.IsAsciiLetterOrDigit);

    private static int Depth(string id, Dictionary<string, string?> parents)
    {
        var seen = new HashSet<string>();
        for (string? at = id; at is not null && seen.Add(at); at = parents.GetValueOrDefault(at))
        {
            // Up to the top, or round once where files were edited into a circle.
        }

        return seen.Count;
    }
}
