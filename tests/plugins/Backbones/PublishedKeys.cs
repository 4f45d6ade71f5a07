using System.Globalization;
using System.Text.RegularExpressions;

namespace Parallax.Plugins.Tests.Backbones;

/// <summary>A tensor of a published network.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Shape">Its shape there.</param>
/// <param name="IsBeside">Whether it belongs to no backbone.</param>
internal sealed record PublishedKey(string Name, long[] Shape, bool IsBeside)
{
    public override string ToString() => $"{Name} {string.Join(',', Shape)}";
}

/// <summary>State dictionaries of published networks, from <c>references/published-keys.txt</c>, whose beginning says how it is read.</summary>
internal static partial class PublishedKeys
{
    private static readonly ILookup<string, PublishedKey> _all = Read();

    /// <summary>Names of the networks.</summary>
    public static IEnumerable<string> Networks => _all.Select(network => network.Key);

    /// <summary>All tensors of a network.</summary>
    public static IReadOnlyList<PublishedKey> Of(string network) => [.. _all[network]];

    private static ILookup<string, PublishedKey> Read()
    {
        using var reader = new StreamReader(typeof(PublishedKeys).Assembly.GetManifestResourceStream("published-keys.txt")!);

        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Select(line => line.Split(' '))
            .SelectMany(parts => Names(parts[1]).Select(name => (Network: parts[0], Key: new PublishedKey(name, Shape(parts[2]), parts.Length > 3))))
            .ToLookup(entry => entry.Network, entry => entry.Key);
    }

    private static long[] Shape(string text) => [.. text.Split(',').Select(side => long.Parse(side, CultureInfo.InvariantCulture))];

    private static IEnumerable<string> Names(string pattern)
    {
        if (Range().Match(pattern) is not { Success: true } range)
        {
            return [pattern];
        }

        var (first, last) = (int.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(range.Groups[2].Value, CultureInfo.InvariantCulture));

        return Enumerable.Range(first, last - first + 1).Select(number => pattern.Replace(range.Value, $"{number}", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\{(\d+)-(\d+)\}")]
    private static partial Regex Range();
}
