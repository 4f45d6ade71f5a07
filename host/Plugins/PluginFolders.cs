namespace Parallax.Host.Plugins;

/// <summary>Where plugins are looked for.</summary>
/// <param name="Roots">Folders that hold plugin folders; missing ones are passed over.</param>
/// <param name="Asked">Folders the user named: plugin folders themselves, or folders of them. A missing one is reported.</param>
public sealed record PluginFolders(IReadOnlyList<string> Roots, IReadOnlyList<string> Asked)
{
    /// <summary>Environment variable with further folders, separated by colons.</summary>
    public const string Variable = "PARALLAX_PLUGINS";

    /// <summary>The folder of plugin folders in the user's home; null without a home.</summary>
    public static string? OfUser => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home
        ? Path.Combine(home, ".parallax", "plugins")
        : null;

    /// <summary>Those of <see cref="Asked"/> that the command line names.</summary>
    public IReadOnlyList<string> OfCommandLine { get; init; } = [];

    /// <summary>Beside the host, in the user's home, in <see cref="Variable"/> and in the <c>--plugins</c> of the command line.</summary>
    public static PluginFolders Default(IEnumerable<string> commandLine)
    {
        List<string> roots = [Path.Combine(AppContext.BaseDirectory, "plugins")];
        if (OfUser is { } user)
        {
            roots.Add(user);
        }

        var variable = (Environment.GetEnvironmentVariable(Variable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

        string[] given = [.. commandLine.Select(Path.GetFullPath)];

        return new(roots, [.. variable.Select(folder => Path.GetFullPath(UserPath.Expand(folder, Variable))), .. given]) { OfCommandLine = given };
    }

    /// <summary>Every plugin folder, each once.</summary>
    /// <param name="rejected">Receives folders the user named that hold nothing.</param>
    internal IReadOnlyList<string> Expand(ICollection<RejectedPlugin> rejected)
    {
        List<string> folders = [.. Roots.Where(Directory.Exists).SelectMany(Subfolders)];
        foreach (var asked in Asked)
        {
            if (!Directory.Exists(asked))
            {
                rejected.Add(new(asked, "This plugin folder does not exist. Correct --plugins or " + Variable + "."));
            }
            else if (HasAssemblies(asked))
            {
                folders.Add(asked);
            }
            else if (Subfolders(asked).Where(HasAssemblies).ToList() is { Count: > 0 } inner)
            {
                folders.AddRange(inner);
            }
            else
            {
                rejected.Add(new(asked, "No plugin is in this folder or in the folders directly below it. Name the folder that holds the built .dll, for "
                    + "example bin/Release/net10.0."));
            }
        }

        return [.. folders.Select(Path.GetFullPath).Select(Path.TrimEndingDirectorySeparator).Distinct()];
    }

    private static IEnumerable<string> Subfolders(string root) => Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal);

    private static bool HasAssemblies(string folder) => Directory.EnumerateFiles(folder, "*.dll").Any();
}
