using System.Text;

namespace Parallax.Host.Configuration;

/// <summary>The table of methods in the README: name, paper, recipes and one sentence, from the plugins and the names of the recipe files.</summary>
internal static class MethodTable
{
    private const string Extension = ".yaml";

    /// <summary>Writes the table as Markdown; links are relative to the folder that holds <c>recipes/</c>.</summary>
    /// <param name="catalog">The plugins found.</param>
    /// <param name="recipes">Folder of recipes, named METHOD-DATASET.yaml.</param>
    public static string Write(PluginCatalog catalog, string recipes)
    {
        var files = RecipesOf(catalog, recipes);
        var text = new StringBuilder("| Method | Paper | Recipes | What it does |\n|---|---|---|---|\n");
        foreach (var method in catalog.Of(PluginKind.Method))
        {
            var links = files[method.Name].Select(file => $"[{file[(method.Name.Length + 1)..]}](recipes/{file}{Extension})");
            text.Append("| ").AppendJoin(" | ", $"[`{method.Name}`](docs/methods/{method.Name}.md)", Paper(method.Paper), string.Join(", ", links), method.Summary).Append(" |\n");
        }

        return text.ToString();
    }

    /// <summary>Names of recipes, without ending, by the method they are named after.</summary>
    /// <param name="catalog">The plugins found.</param>
    /// <param name="recipes">Folder of recipes, named METHOD-DATASET.yaml.</param>
    public static ILookup<string?, string> RecipesOf(PluginCatalog catalog, string recipes)
    {
        string[] methods = [.. catalog.Of(PluginKind.Method).Select(method => method.Name)];

        return Directory.EnumerateFiles(recipes, "*" + Extension).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)
            .ToLookup(file => methods.Where(method => file.StartsWith(method + "-", StringComparison.Ordinal)).MaxBy(method => method.Length));
    }

    private static string Paper(PaperInfo paper)
    {
        var name = paper.Link is { } link ? $"[{paper.Title}]({link})" : paper.Title;
        var venue = FormattableString.Invariant($"{paper.Venue} {paper.Year}");

        return paper == PaperInfo.None ? "" : $"{name}, {venue}";
    }
}
