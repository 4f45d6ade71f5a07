namespace Parallax.Host.Tracking;

/// <summary>Several things that end together, the last one first.</summary>
internal sealed class CompositeDisposable : IDisposable
{
    private readonly Stack<IDisposable> _parts = new();

    /// <summary>Adds one.</summary>
    public void Add(IDisposable part) => _parts.Push(part);

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_parts.TryPop(out var part))
        {
            part.Dispose();
        }
    }
}
