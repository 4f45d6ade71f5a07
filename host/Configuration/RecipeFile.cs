namespace Parallax.Host.Configuration;

/// <summary>The file that a recipe's name stands for.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="IsMoved">Whether it was named METHOD-DATASET, as before it moved to METHOD/DATASET, or as the file renamed.txt beside it says.</param>
internal sealed record RecipeFile(string Path, bool IsMoved)
{
    private const string Ending = ".yaml", Folder = "recipes", Renamed = "renamed.txt", Bases = "bases", Leaderboards = "leaderboards";

    /// <summary>Where the recipes are that come with the program.</summary>
    public static IReadOnlyList<string> ShippedPlaces { get; } = [AppContext.BaseDirectory, System.IO.Path.Combine(AppContext.BaseDirectory, Folder)];

    /// <summary>Where recipes of the command line are looked for: the working folder, and what comes with the program.</summary>
    public static IReadOnlyList<string> Places { get; } = ["", Folder, .. ShippedPlaces];

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

    /// <summary>The recipes that come with the program, as they are named on the command line: METHOD/DATASET.</summary>
    public static IEnumerable<string> Shipped() => Files().Where(name => System.IO.Path.GetDirectoryName(name) is not (Bases or Leaderboards));

    /// <summary>The leaderboards that come with the program, as they are named on the command line.</summary>
    public static IEnumerable<string> ShippedLeaderboards() => Files().Where(name => System.IO.Path.GetDirectoryName(name) is Leaderboards);

    private static IEnumerable<string> Files() => Directory.Exists(Places[^1])
        ? Directory.EnumerateFiles(Places[^1], "*" + Ending, SearchOption.AllDirectories)
            .Select(file => System.IO.Path.ChangeExtension(System.IO.Path.GetRelativePath(Places[^1], file), null)).Order(StringComparer.Ordinal)
        : [];

    private static IEnumerable<string> Moved(string path)
    {
        var (folder, file) = (System.IO.Path.GetDirectoryName(path) ?? "", System.IO.Path.GetFileNameWithoutExtension(path));
        var table = System.IO.Path.Combine(folder, Renamed);
        var listed = from line in File.Exists(table) ? File.ReadAllLines(table) : []
                     let names = line.Split(' ')
                     where names.Length == 2 && names[0] == file
                     select names[1];
        var split = Enumerable.Range(0, file.Length).Reverse().Where(at => file[at] == '-').Select(at => $"{file[..at]}/{file[(at + 1)..]}");

        return listed.Concat(split).Select(name => System.IO.Path.Combine(folder, name + Ending));
    }

    private static string Missing(string name, string path, IReadOnlyList<string> chain)
    {
        var by = chain.Count == 0 ? "" : $", which {chain[^1]} extends,";
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        string[] beside = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.y*ml").Select(file => System.IO.Path.GetFileName(file))] : [];
        var file = System.IO.Path.GetFileName(name);
        var hint = NearestName.Of(file, beside) is null && NearestName.Of(name.Replace('-', '/'), Shipped()) is { } nearest ? $" Did you mean '{nearest}'?"
            : Directory.Exists(folder) ? NearestName.Hint(file, beside)
            : $" There is no folder '{folder}'.";

        return $"The recipe {name}{by} does not exist.{hint}";
    }
}
