namespace Parallax.Host.Embeddings;

/// <summary>Groups of things that belong together, directly or through others.</summary>
/// <param name="count">Things, each a group of its own in the beginning.</param>
internal sealed class DisjointSets(int count)
{
    private readonly int[] _parents = [.. Enumerable.Range(0, count)];

    /// <summary>The first thing of a thing's group.</summary>
    public int Find(int thing)
    {
        while (_parents[thing] != thing)
        {
            thing = _parents[thing] = _parents[_parents[thing]];
        }

        return thing;
    }

    /// <summary>Makes the groups of two things one.</summary>
    public void Join(int one, int other)
    {
        var (first, second) = (Find(one), Find(other));
        _parents[Math.Max(first, second)] = Math.Min(first, second);
    }
}
