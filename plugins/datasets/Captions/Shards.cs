using System.Globalization;
using System.Text.RegularExpressions;

namespace Parallax.Plugins.Datasets;

/// <summary>Finds the archives that one value of <c>data.path</c> stands for.</summary>
internal static partial class Shards
{
    private const string Extension = ".tar";

    /// <summary>Whether a path has braces that stand for several names and is no file itself.</summary>
    public static bool IsPattern(string path) => Braces().IsMatch(path) && !Path.Exists(path);

    /// <summary>The paths that braces stand for, in their order: <c>{000..009}</c> counts, <c>{a,b}</c> lists, as in a shell.</summary>
    /// <param name="pattern">The path with braces.</param>
    /// <param name="key">Where it stands in the recipe, for messages.</param>
    /// <exception cref="ConfigurationException">One of them does not exist.</exception>
    public static IReadOnlyList<string> OfPattern(string pattern, string key) =>
        Once([.. Expand(pattern).Select(path => Required(Path.GetFullPath(path), $"{key} '{pattern}' stands for it", key))], $"{key} '{pattern}'");

    /// <summary>The archives that a text file lists, one a line, relative to its folder; empty lines do not count.</summary>
    /// <param name="list">The text file.</param>
    /// <param name="key">Where it stands in the recipe, for messages.</param>
    /// <exception cref="ConfigurationException">It lists none, or one does not exist: names the line.</exception>
    public static IReadOnlyList<string> OfList(string list, string key)
    {
        var lines = File.ReadAllLines(list).Select((line, index) => (Path: line.Trim(), Number: index + 1)).Where(line => line.Path.Length > 0).ToList();

        return lines.Count > 0
            ? Once([.. lines.Select(line => Required(Path.Combine(Path.GetDirectoryName(list)!, line.Path), $"{list}:{line.Number} names it", key))], list)
            : throw new ConfigurationException($"{list} lists no archives. Expected the path of a .tar in each line.");
    }

    /// <summary>The archives in a folder by name when it has some, else the folder or archive itself.</summary>
    public static IReadOnlyList<string> OfFolder(string location)
    {
        string[] archives = Directory.Exists(location)
            ? [.. Directory.EnumerateFiles(location, $"*{Extension}").Order(StringComparer.Ordinal)]
            : [];

        return archives.Length > 0 ? archives : [location];
    }

    /// <summary>What names of files begin with, by their archive: two archives may have files of the same name.</summary>
    /// <param name="places">Archives in their order, or a folder.</param>
    /// <returns>The paths of the archives from the folder that all of them are in, each with a slash behind; an empty text for a single place.</returns>
    public static IReadOnlyList<string> Prefixes(IReadOnlyList<string> places)
    {
        if (places is [_])
        {
            return [""];
        }

        string[][] folders = [.. places.Select(place => Path.GetDirectoryName(Path.GetFullPath(place))!.Split('/'))];
        var shared = Enumerable.Range(0, folders.Min(folder => folder.Length)).TakeWhile(i => folders.All(folder => folder[i] == folders[0][i])).Count();
        var start = string.Join('/', folders[0].Take(shared)).TrimEnd('/') + "/";

        return [.. places.Select(place => $"{Path.GetFullPath(place)[start.Length..]}/")];
    }

    // A sample that counts twice would be seen twice as often, and names would be no names.
    private static IReadOnlyList<string> Once(IReadOnlyList<string> archives, string who) =>
        archives.GroupBy(archive => Path.GetFullPath(archive)).FirstOrDefault(same => same.Count() > 1) is not { } twice ? archives
        : throw new ConfigurationException($"{who} names the archive '{twice.Key}' {twice.Count()} times. Name it once.");

    private static string Required(string path, string why, string key) => File.Exists(path) ? path : throw new ConfigurationException(
        $"There is no archive '{path}', but {why}. Copy it there, or correct {key}.");

    private static IEnumerable<string> Expand(string pattern) => Braces().Match(pattern) is { Success: true } braces
        ? Alternatives(braces).SelectMany(one => Expand($"{pattern[..braces.Index]}{one}{pattern[(braces.Index + braces.Length)..]}"))
        : [pattern];

    private static IEnumerable<string> Alternatives(Match braces)
    {
        if (!braces.Groups["first"].Success)
        {
            return braces.Groups["list"].Value.Split(',');
        }

        var (first, last) = (braces.Groups["first"].Value, braces.Groups["last"].Value);
        var (from, to) = (int.Parse(first, CultureInfo.InvariantCulture), int.Parse(last, CultureInfo.InvariantCulture));
        var format = $"D{(first.StartsWith('0') ? first.Length : 1)}";

        return Enumerable.Range(from, Math.Max(0, to - from + 1)).Select(number => number.ToString(format, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"\{(?:(?<first>\d{1,9})\.\.(?<last>\d{1,9})|(?<list>[^{},]*(?:,[^{},]*)+))\}")]
    private static partial Regex Braces();
}
