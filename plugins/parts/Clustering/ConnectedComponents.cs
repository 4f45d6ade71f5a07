namespace Parallax.Plugins.Parts;

/// <summary>The connected components of a graph.</summary>
internal static class ConnectedComponents
{
    /// <summary>The component of each node, numbered in order of first appearance.</summary>
    /// <param name="nodes">Number of nodes N.</param>
    /// <param name="links">Pairs of nodes.</param>
    /// <returns>N numbers from 0.</returns>
    public static long[] Of(long nodes, IEnumerable<(long From, long To)> links)
    {
        var parents = new long[nodes];
        for (var node = 0L; node < nodes; node++)
        {
            parents[node] = node;
        }

        foreach (var (from, to) in links)
        {
            parents[Root(parents, from)] = Root(parents, to);
        }

        var numbers = new Dictionary<long, long>();
        var components = new long[nodes];
        for (var node = 0L; node < nodes; node++)
        {
            var root = Root(parents, node);
            numbers.TryAdd(root, numbers.Count);
            components[node] = numbers[root];
        }

        return components;
    }

    private static long Root(long[] parents, long node)
    {
        while (parents[node] != node)
        {
            node = parents[node] = parents[parents[node]];   // halves the path
        }

        return node;
    }
}
