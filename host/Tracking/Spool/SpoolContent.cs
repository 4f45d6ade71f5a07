namespace Parallax.Host.Tracking;

/// <summary>A journal of which something is not in its store.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="LocalId">Local identifier of the run.</param>
/// <param name="RunId">Identifier in the store; null when it never got there.</param>
/// <param name="Name">Name of the run.</param>
/// <param name="Address">The store.</param>
/// <param name="Kept">What is not in the store.</param>
internal sealed record SpoolEntry(string Folder, string LocalId, string? RunId, string? Name, string Address, KeptItems Kept);

/// <summary>What a spool holds, for the user who wants to see it, send it or be rid of it.</summary>
internal sealed class SpoolContent(SpoolFolder spool, SpoolReplay replay)
{
    public string Folder => spool.Path;

    /// <summary>All journals, or those of some runs.</summary>
    /// <param name="ids">Identifiers, local or of the store, or beginnings of them that fit one run only; empty for all.</param>
    /// <exception cref="ConfigurationException">One fits none, or several.</exception>
    public IReadOnlyList<SpoolEntry> Find(IReadOnlyList<string> ids)
    {
        List<SpoolEntry> all = [.. spool.Journals().Select(TryDescribe).OfType<SpoolEntry>()];
        return ids.Count == 0 ? all : [.. ids.Select(id => One(all, id)).DistinctBy(entry => entry.Folder)];
    }

    /// <summary>Sends journals and tries what was refused once more.</summary>
    public Task<IReadOnlyList<ReplayResult>> SendAsync(IReadOnlyList<SpoolEntry> entries, CancellationToken cancellation) =>
        replay.SendAsync([.. entries.Select(entry => entry.Folder)], SendMode.Sync, cancellation);

    /// <summary>Removes journals with all they hold. What the store has stays there.</summary>
    /// <exception cref="ConfigurationException">A process is writing one of them; nothing was removed.</exception>
    public static void Discard(IReadOnlyList<SpoolEntry> entries)
    {
        var opened = new List<RunJournal>();
        try
        {
            foreach (var entry in entries)
            {
                opened.Add(RunJournal.TryOpen(entry.Folder)
                    ?? throw new ConfigurationException($"Run {entry.LocalId} is being written by another process (journal {entry.Folder}). Wait "
                        + "for it to end; nothing was discarded."));
            }

            opened.ForEach(journal => journal.Delete());
        }
        finally
        {
            opened.ForEach(journal => journal.Dispose());
        }

        if (entries.FirstOrDefault(entry => Directory.Exists(entry.Folder)) is { } left)
        {
            throw new ConfigurationException($"The folder {left.Folder} cannot be removed. Make it writable.");
        }
    }

    private SpoolEntry One(List<SpoolEntry> all, string id)
    {
        bool Is(SpoolEntry entry, Func<string, bool> fits) => fits(entry.LocalId) || (entry.RunId is { } runId && fits(runId));
        var exact = all.Where(entry => Is(entry, known => known == id)).ToList();
        var found = exact.Count > 0 ? exact : [.. all.Where(entry => Is(entry, known => known.StartsWith(id, StringComparison.Ordinal)))];
        return found switch
        {
            [var one] => one,
            [] => throw new ConfigurationException($"Nothing of a run '{id}' is kept in {spool.Path}. 'parallax runs sync --dry-run' lists what is."),
            _ => throw new ConfigurationException($"'{id}' fits {found.Count} runs of which something is kept: "
                + $"{string.Join(", ", found.Select(entry => entry.LocalId))}. Give more of it."),
        };
    }

    // Null when another process sent and removed it just now.
    private static SpoolEntry? TryDescribe(string folder)
    {
        try
        {
            return RunJournal.ReadHeader(folder) is { } header
                ? new(folder, header.RunKey, RunJournal.ReadState(folder).RunId, header.Name, header.Address, KeptItems.Read(folder))
                : null;
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            return null;
        }
    }
}
