using System.IO.Enumeration;
using Parallax.Contracts;

namespace Parallax.Benchmarks.Gate;

/// <summary>Names with <c>*</c> for any letters and <c>?</c> for one.</summary>
internal static class Globs
{
    /// <summary>Whether one of the filters fits; without filters everything does.</summary>
    public static bool Match(IReadOnlyCollection<string> filters, string name) =>
        filters.Count == 0 || filters.Any(filter => FileSystemName.MatchesSimpleExpression(filter, name, ignoreCase: true));

    /// <summary>What to throw when no name fits.</summary>
    public static ConfigurationException NothingFits(IReadOnlyCollection<string> filters, IEnumerable<string> names) =>
        new($"--filter: no measurement is called {string.Join(" or ", filters)}. There are: {string.Join(", ", names)}.");
}
