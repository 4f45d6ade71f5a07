namespace Parallax.Host.Tracking;

/// <summary>The folder of all journals, one folder per run, named by its local identifier.</summary>
internal sealed class SpoolFolder(string path)
{
    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Begins the journal of a run.</summary>
    public RunJournal Create(JournalHeader header) => RunJournal.Create(FolderOf(header.RunKey), header);

    /// <summary>Folders of journals that are not gone: runs that are being written, and those with something left to send.</summary>
    public IReadOnlyList<string> Journals() => Directory.Exists(Path)
        ? [.. Directory.GetDirectories(Path).Where(f => RunJournal.ReadHeader(f) is not null).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The identifier in the store of a run that is known by its local one; null when unknown or not yet bound.</summary>
    public string? ResolveLocalId(string localId) => IsId(localId) ? RunJournal.ReadState(FolderOf(localId)).RunId : null;

    /// <summary>The folder of the journal of a run, by its local identifier or the one in the store; null when there is none.</summary>
    public string? Find(string runId) =>
        Journals().FirstOrDefault(f => System.IO.Path.GetFileName(f) == runId || RunJournal.ReadState(f).RunId == runId);

    private string FolderOf(string runKey) => System.IO.Path.Combine(Path, runKey);

    private static bool IsId(string text) => text.Length > 0 && text.All(char.IsAsciiLetterOrDigit);
}
