namespace Parallax.Benchmarks.Gate;

/// <summary>One named piece of work whose costs are watched.</summary>
/// <param name="Name">GROUP/NAME in kebab case, unique.</param>
/// <param name="Prepare">Makes what the work needs, with fixed seeds; called once, then the work is repeated.</param>
internal sealed record Measurement(string Name, Func<Work> Prepare);

/// <summary>Work that is ready to be done again and again.</summary>
/// <param name="Body">What is measured. It leaves everything as a training step would: no memory, no gradients.</param>
/// <param name="Peer">Other work of the same task, to which the time is compared: the definition, or the part that cannot be avoided.</param>
/// <param name="Owned">Disposed of at the end.</param>
internal sealed record Work(Action Body, Action Peer, params IReadOnlyList<IDisposable> Owned) : IDisposable
{
    public void Dispose()
    {
        foreach (var owned in Owned)
        {
            owned.Dispose();
        }
    }
}
