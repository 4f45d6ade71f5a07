namespace Parallax.Plugins.Datasets;

/// <summary>Checks <c>data.path</c> and words what is wrong with it.</summary>
internal static class DataPath
{
    /// <summary>The absolute path of an existing file or folder.</summary>
    /// <param name="path">As the recipe has it.</param>
    /// <param name="expected">What should be there, as the end of "Expected ...".</param>
    /// <param name="key">Where the path stands in the recipe.</param>
    public static string Require(string path, string expected, string key = "data.path")
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new ConfigurationException($"{key} is missing. Expected {expected}. Give it in the recipe or with --set {key}=PATH.");
        }

        var full = Path.GetFullPath(path);
        if (!Path.Exists(full))
        {
            throw new ConfigurationException($"{key} '{path}' does not exist (looked for {full}). Expected {expected}. Correct it in the recipe or "
                + $"with --set {key}=PATH.");
        }

        return full;
    }

    /// <summary>The first names of a folder, for messages: "holds a.txt, b.txt and 12 more".</summary>
    public static string Contents(string folder)
    {
        const int shown = 5;
        string[] names = [.. Directory.EnumerateFileSystemEntries(folder).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal)];

        return names.Length == 0 ? "is empty" : $"holds {Enumerate(names, shown)}";
    }

    /// <summary>"1 image", "2 images".</summary>
    public static string Count(int number, string one, string? many = null) => $"{number} {(number == 1 ? one : many ?? $"{one}s")}";

    /// <summary>A line of how many things are left out, and why; none for 0.</summary>
    public static IEnumerable<string> LeftOut(int number, string one, string why, string? many = null) =>
        number == 0 ? [] : [$"{Count(number, one, many)}{why}"];

    /// <summary>"a, b and 3 more".</summary>
    public static string Enumerate(IReadOnlyCollection<string> names, int shown) =>
        string.Join(", ", names.Take(shown)) + (names.Count > shown ? $" and {names.Count - shown} more" : "");
}
