namespace Parallax.Host.Configuration;

/// <summary>The file that a recipe's name stands for.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="IsMoved">Whether it was named METHOD-DATASET, as before it moved to METHOD/DATASET.</param>
internal sealed record RecipeFile(string Path, bool IsMoved)
{
    private const string Ending = ".yaml", Folder = "recipes";

    /// <summary>Where recipes of the command line are looked for: the working folder, and what comes with the program.</summary>
    public static IReadOnlyList<string> Places { get; } =
        ["", Folder, AppContext.BaseDirectory, System.IO.Path.Combine(AppContext.BaseDirectory, Folder)];

    /// <summary>Finds the file of a recipe.</summary>
    /// <param name="name">Its path, with or without the ending.</param>
    /// <param name="folders">Folders to look in, one after the other.</param>
    /// <param name="chain">The files on the way to it, each of which extends the next; for messages.</param>
    /// <exception cref="ConfigurationException">There is none.</exception>
    public static RecipeFile Find(string name, IReadOnlyList<string> folders, IReadOnlyList<string> chain)
    {
        var paths = folders.Select(folder => System.IO.Path.Combine(folder, name));

        return paths.SelectMany(path => Moved(path).Select(moved => new RecipeFile(moved, true)).Prepend(new(path + Ending, false)).Prepend(new(path, false)))
            .FirstOrDefault(file => File.Exists(file.Path)) ?? throw new ConfigurationException(Missing(name, paths.First(), chain));
    }

    private static IEnumerable<string> Moved(string path)
    {
        var (folder, file) = (System.IO.Path.GetDirectoryName(path)!, System.IO.Path.ChangeExtension(System.IO.Path.GetFileName(path), Ending));

        return Enumerable.Range(0, file.Length).Reverse().Where(at => file[at] == '-')
            .Select(at => System.IO.Path.Combine(folder, file[..at], file[(at + 1)..]));
    }

    private static string Missing(string name, string path, IReadOnlyList<string> chain)
    {
        var by = chain.Count == 0 ? "" : $", which {chain[^1]} extends,";
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        var hint = Directory.Exists(folder)
            ? NearestName.Hint(System.IO.Path.GetFileName(name), Directory.EnumerateFiles(folder, "*.y*ml").Select(file => System.IO.Path.GetFileName(file)))
            : NearestName.Of(name, Shipped()) is { } nearest ? $" Did you mean '{nearest}'?" : $" There is no folder '{folder}'.";

        return $"The recipe {name}{by} does not exist.{hint}";
    }

    private static IEnumerable<string> Shipped() => Directory.EnumerateFiles(Places[^1], "*" + Ending, SearchOption.AllDirectories)
        .Select(file => System.IO.Path.ChangeExtension(System.IO.Path.GetRelativePath(Places[^1], file), null));
}
