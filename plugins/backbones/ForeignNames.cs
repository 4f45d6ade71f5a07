using System.Text.RegularExpressions;

namespace Parallax.Plugins.Backbones;

/// <summary>From the names that others give the tensors of a backbone to its own.</summary>
/// <param name="others">Patterns of what is no part of the backbone.</param>
/// <param name="renames">Patterns and what stands in their place, applied one after the other.</param>
internal sealed class ForeignNames(IEnumerable<string> others, IEnumerable<(string Pattern, string Own)> renames)
{
    private readonly Regex _others = new(string.Join('|', others), RegexOptions.CultureInvariant);
    private readonly (Regex Pattern, string Own)[] _renames =
        [.. renames.Select(rename => (new Regex(rename.Pattern, RegexOptions.CultureInvariant), rename.Own))];

    /// <summary>The own name; null for what is no part of the backbone.</summary>
    public string? Own(string name) =>
        _others.IsMatch(name) ? null : _renames.Aggregate(name, (renamed, rename) => rename.Pattern.Replace(renamed, rename.Own));
}
