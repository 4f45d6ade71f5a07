using System.Text.RegularExpressions;

namespace Parallax.Plugins.Backbones;

/// <summary>The names that others give the tensors of a backbone, and its own, in both directions.</summary>
/// <remarks>
/// A pair of names is written as both have it: <c>#</c> stands for a number, the same on both sides, <c>^</c> for the beginning of a name, <c>$</c> for its
/// end. Pairs are applied one after the other, from others to own in the order given, from own to others in the reverse.
/// </remarks>
/// <param name="others">Patterns of what is no part of the backbone.</param>
/// <param name="libraries">Pairs of names, library by library.</param>
/// <param name="renames">Patterns of further names and what stands in their place; files are only read with them.</param>
internal sealed class ForeignNames(
    IEnumerable<string> others, IEnumerable<(string Library, (string Theirs, string Own)[] Pairs)> libraries,
    IEnumerable<(string Pattern, string Own)>? renames = null)
{
    private readonly Regex _others = new(string.Join('|', others), RegexOptions.CultureInvariant);
    private readonly Rename[] _toOwn =
    [
        .. libraries.SelectMany(library => library.Pairs).Select(pair => Rename.Of(pair.Theirs, pair.Own)),
        .. (renames ?? []).Select(rename => new Rename(new(rename.Pattern, RegexOptions.CultureInvariant), rename.Own)),
    ];

    private readonly Dictionary<string, Rename[]> _fromOwn = libraries.ToDictionary(
        library => library.Library, library => library.Pairs.Reverse().Select(pair => Rename.Of(pair.Own, pair.Theirs)).ToArray());

    /// <summary>The own name; null for what is no part of the backbone.</summary>
    public string? Own(string name) => _others.IsMatch(name) ? null : Apply(_toOwn, name);

    /// <summary>How a library stores the weights.</summary>
    /// <param name="library">One of those given.</param>
    public WeightLayout Layout(string library) => new(library, name => Apply(_fromOwn[library], name));

    private static string Apply(Rename[] renames, string name) => renames.Aggregate(name, (renamed, rename) => rename.Of(renamed));

    private sealed record Rename(Regex Pattern, string Replacement)
    {
        public static Rename Of(string from, string to)
        {
            var pattern = Regex.Escape(from).Replace(@"\^", "^", StringComparison.Ordinal).Replace(@"\$", "$", StringComparison.Ordinal)
                .Replace(@"\#", @"(\d+)", StringComparison.Ordinal);
            var number = 0;
            var replacement = Regex.Replace(to.Trim('^', '$'), "#", _ => $"${{{++number}}}");

            return new(new(pattern, RegexOptions.CultureInvariant), replacement);
        }

        public string Of(string name) => Pattern.Replace(name, Replacement);
    }
}
