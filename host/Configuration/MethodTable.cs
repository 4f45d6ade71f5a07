using System.Text;

namespace Parallax.Host.Configuration;

/// <summary>The table of methods in the README: name, paper, recipes and one sentence, from the plugins and the names of the recipe files.</summary>
internal static class MethodTable
{
    private const string Extension = ".yaml";

    /// <summary>Writes the table as Markdown; links are relative to the folder that holds <c>recipes/</c>.</summary>
    /// <param name="catalog">The plugins found.</param>
    /// <param name="recipes">Folder of recipes, METHOD/DATASET.yaml.</param>
    public static string Write(PluginCatalog catalog, string recipes)
    {
        var text = new StringBuilder("| Method | Paper | Recipes | What it does |\n|---|---|---|---|\n");
        foreach (var method in catalog.Of(PluginKind.Method))
        {
            var links = RecipesOf(method.Name, recipes).Select(dataset => $"[{dataset}](recipes/{method.Name}/{dataset}{Extension})");
            text.Append("| ").AppendJoin(" | ", $"[`{method.Name}`](docs/methods/{method.Name}.md)", Paper(method.Paper), string.Join(", ", links),
                method.Summary).Append(" |\n");
        }

        return text.ToString();
    }

    /// <summary>Recipes of a method, named after their data sets.</summary>
    /// <param name="method">Name of the method.</param>
    /// <param name="recipes">Folder of recipes, METHOD/DATASET.yaml.</param>
    public static IEnumerable<string> RecipesOf(string method, string recipes) => Path.Combine(recipes, method) is var folder && Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*" + Extension).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)
        : [];

    private static string Paper(PaperInfo paper)
    {
        var name = paper.Link is { } link ? $"[{paper.Title}]({link})" : paper.Title;
        var venue = FormattableString.Invariant($"{paper.Venue} {paper.Year}");

        return paper == PaperInfo.None ? "" : $"{name}, {venue}";
    }
}
