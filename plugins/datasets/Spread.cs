namespace Parallax.Plugins.Datasets;

/// <summary>A part of many, evenly spaced over all.</summary>
internal static class Spread
{
    /// <summary>Indices from 0 to <paramref name="count"/> - 1, at most as many as asked for, rising.</summary>
    public static IEnumerable<long> Numbers(long count, int most)
    {
        var size = Math.Min(count, most);

        return Enumerable.Range(0, (int)size).Select(i => i * count / size);
    }
}
