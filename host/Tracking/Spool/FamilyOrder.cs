namespace Parallax.Host.Tracking;

/// <summary>The order in which runs reach a store with the right identifier of the run they are part of.</summary>
internal static class FamilyOrder
{
    /// <summary>Sorts folders of journals: each after that of its parent, else as they began.</summary>
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
