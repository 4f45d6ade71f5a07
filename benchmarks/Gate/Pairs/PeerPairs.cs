namespace Parallax.Benchmarks.Gate;

/// <summary>The work of a measurement beside its peer, in one process.</summary>
/// <param name="start">Starts the process.</param>
/// <param name="stop">Ends a round between two measurements.</param>
internal sealed class PeerPairs(Func<IMeasuringProcess> start, CancellationToken stop) : IPairs
{
    /// <inheritdoc/>
    public void Round(IReadOnlyList<string> names, int round, IReadOnlyDictionary<string, PairedSamples> results)
    {
        using var process = start();
        foreach (var name in names)
        {
            stop.ThrowIfCancellationRequested();
            var faults = new List<string>();
            process.Ask(new(Do.Prepare, name), faults);
            if (faults.Count == 0)
            {
                var (body, peer) = Turns.Take(() => process.Ask(new(Do.Body), faults), () => process.Ask(new(Do.Peer), faults));
                results[name].Add(body, peer);
            }

            faults.ForEach(results[name].Fail);
        }
    }
}
