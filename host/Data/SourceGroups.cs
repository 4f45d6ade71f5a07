using Parallax.Host.Configuration;

namespace Parallax.Host.Data;

/// <summary>
/// Which samples of a split were cut from one source, such as clips of one recording: read from their names by <c>data.groupPattern</c>. A sample in whose name
/// the pattern is not found is a source of its own.
/// </summary>
internal sealed class SourceGroups
{
    private const string Key = "data.groupPattern";

    private readonly (bool IsFound, string Text)[] _keys;
    private readonly long[] _numbers;

    private SourceGroups((bool IsFound, string Text)[] keys)
    {
        var numbers = new Dictionary<(bool, string), long>();
        foreach (var key in keys)
        {
            numbers.TryAdd(key, numbers.Count);
        }

        (_keys, _numbers, Count) = (keys, [.. keys.Select(key => numbers[key])], numbers.Count);
    }

    /// <summary>Number of sources.</summary>
    public int Count { get; }

    /// <summary>Samples in whose name the pattern is not found.</summary>
    public int Lone => _keys.Count(key => !key.IsFound);

    /// <summary>Reads the names of a split; null when the recipe has no pattern.</summary>
    /// <param name="data">The split.</param>
    /// <param name="options">Section <c>data</c>.</param>
    /// <exception cref="ConfigurationException">The samples have no names, or the pattern is found in none of them.</exception>
    public static SourceGroups? Of(IImageDataset data, DataOptions options)
    {
        if (string.IsNullOrEmpty(options.GroupPattern))
        {
            return null;
        }

        if (data is not INamedImages named)
        {
            throw new ConfigurationException($"{Key} is '{options.GroupPattern}', but the {SampleNoun.Of(data)} of '{data.Info.Name}' have no names of "
                + "files. Remove it, or take data with names.");
        }

        var pattern = options.Pattern();
        var groups = new SourceGroups([.. Enumerable.Range(0, checked((int)data.Info.Count)).Select(index => KeyOf(named.NameOf(index)))]);

        return groups.Lone < groups._keys.Length ? groups : throw new ConfigurationException(
            $"{Key} is '{options.GroupPattern}', which is found in none of the {groups._keys.Length} names of the {data.Info.Split} split, such as "
            + $"'{named.NameOf(0)}'. Correct it: what its first parentheses take is the source.");

        (bool, string) KeyOf(string name)
        {
            var found = pattern.Match(name).Groups;
            var source = found[Math.Min(1, found.Count - 1)];

            return source.Success ? (true, source.Value) : (false, name);
        }
    }

    /// <summary>Number of the source of a sample, from 0.</summary>
    /// <param name="index">The sample in the split.</param>
    public long Of(long index) => _numbers[index];

    /// <summary>How many of some samples are of a source that others have, too.</summary>
    /// <param name="indices">The samples, in this split.</param>
    /// <param name="others">Sources of the other split.</param>
    /// <param name="otherIndices">The samples of the other split that count.</param>
    public long Shared(IEnumerable<long> indices, SourceGroups others, IEnumerable<long> otherIndices)
    {
        var known = otherIndices.Select(index => others._keys[index]).ToHashSet();

        return indices.LongCount(index => known.Contains(_keys[index]));
    }
}
