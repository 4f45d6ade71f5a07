namespace Parallax.Benchmarks.Gate;

/// <summary>The same measurement in two programs: both processes live at the same time, and one works while the other rests.</summary>
/// <param name="startHere">Starts the one that is measured.</param>
/// <param name="startThere">Starts the one it is compared with.</param>
/// <param name="extraWork">Work that the first does in addition, a fraction; the gate's own test.</param>
/// <param name="stop">Ends a round between two measurements.</param>
internal sealed class SidePairs(
    Func<IMeasuringProcess> startHere, Func<IMeasuringProcess> startThere, double extraWork, CancellationToken stop) : IPairs
{
    /// <inheritdoc/>
    public void Round(IReadOnlyList<string> names, int round, IReadOnlyDictionary<string, PairedSamples> results)
    {
        var hereFirst = Turns.IsHereFirst(round);
        using var first = hereFirst ? startHere() : startThere();
        using var second = hereFirst ? startThere() : startHere();
        var (here, there) = hereFirst ? (first, second) : (second, first);
        foreach (var name in names)
        {
            stop.ThrowIfCancellationRequested();
            var faults = new List<string>();
            here.Ask(new(Do.Prepare, name) { ExtraWork = extraWork }, faults);
            there.Ask(new(Do.Prepare, name), faults);
            if (faults.Count == 0)
            {
                var (a, b) = Turns.Take(() => here.Ask(new(Do.Body), faults), () => there.Ask(new(Do.Body), faults));
                results[name].Add(a, b);
            }

            faults.ForEach(results[name].Fail);
        }
    }
}
