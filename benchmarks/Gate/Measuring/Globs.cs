using System.IO.Enumeration;

namespace Parallax.Benchmarks.Gate;

/// <summary>Names with <c>*</c> for any letters and <c>?</c> for one.</summary>
internal static class Globs
{
    /// <summary>Whether one of the filters fits; without filters everything does.</summary>
    public static bool Match(IReadOnlyCollection<string> filters, string name) =>
        filters.Count == 0 || filters.Any(filter => FileSystemName.MatchesSimpleExpression(filter, name, ignoreCase: true));
}
