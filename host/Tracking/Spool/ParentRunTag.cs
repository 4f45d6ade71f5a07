namespace Parallax.Host.Tracking;

/// <summary>
/// Keeps the tag that says which run a run is part of right, in whatever order they reach a store. Only the store knows the identifiers it gives: a run
/// that began without it is named by its local identifier until then.
/// </summary>
internal sealed class ParentRunTag(RunJournal journal, ITrackingStore store, Func<string, string?> resolveLocalId)
{
    /// <summary>What the tag of the run must say; null at the top. The identifier the run was started with, while the store does not know the parent.</summary>
    public async Task<string?> ParentAsync(CancellationToken cancellation)
    {
        if (journal.Header.ParentRunId is not { } parent)
        {
            return null;
        }

        if (journal.State.ParentRunId is null && await FindAsync(parent, cancellation) is { } found)
        {
            journal.Acknowledge(journal.State with { ParentRunId = found });
        }

        return journal.State.ParentRunId ?? parent;
    }

    /// <summary>Corrects the tag of a run that came before its parent. Asks the store each time until the parent is there.</summary>
    public async Task CorrectOwnAsync(string runId, CancellationToken cancellation)
    {
        if (journal.Header.ParentRunId is null || journal.State.ParentRunId is not null)
        {
            return;
        }

        await ParentAsync(cancellation);
        if (journal.State.ParentRunId is { } parent)
        {
            await TagAsync(runId, parent, cancellation);
        }
    }

    /// <summary>Corrects the tags of the runs that came before this one, their parent. Does it once.</summary>
    public async Task CorrectChildrenAsync(string runId, CancellationToken cancellation)
    {
        if (journal.State.HasCorrectedChildren)
        {
            return;
        }

        foreach (var former in journal.FormerIds())
        {
            foreach (var child in await store.FindChildrenAsync(former, cancellation))
            {
                await TagAsync(child.RunId, runId, cancellation);
            }
        }

        journal.Acknowledge(journal.State with { HasCorrectedChildren = true });
    }

    private async Task<string?> FindAsync(string parent, CancellationToken cancellation) =>
        resolveLocalId(parent) ?? (await store.FindRunAsync(parent, cancellation) ?? await store.FindByKeyAsync(null, parent, cancellation))?.RunId;

    private Task TagAsync(string runId, string parent, CancellationToken cancellation) =>
        store.LogBatchAsync(runId, RunBatch.OfTag(MlflowTags.ParentRunId, parent), cancellation);
}
