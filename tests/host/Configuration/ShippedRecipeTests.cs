using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Configuration;

public sealed class ShippedRecipeTests
{
    private static string Folder => Path.Combine(RepositoryFiles.Root, "recipes");

    public static TheoryData<string> Recipes =>
    [
        .. Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file))
            .Where(file => Path.GetDirectoryName(file) is not ("bases" or "leaderboards")).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Read_ShippedRecipe_HasNoFault(string recipe)
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        var reader = new RecipeReader(PluginCatalog.Discover(new([RepositoryFiles.Plugins], [])));

        var configuration = reader.Read(Path.Combine(Folder, recipe), []);
        var again = reader.ReadText(configuration.ToYaml(), recipe, []);

        Assert.Equal(configuration.ToYaml(), again.ToYaml());
        Assert.True(
            recipe == "demo.yaml" || recipe.StartsWith("study-", StringComparison.Ordinal) || Path.GetDirectoryName(recipe) == configuration.Method.Name,
            $"{recipe} trains {configuration.Method.Name}; recipes are named METHOD/DATASET.yaml, those of a comparison study-NAME/ENTRY.yaml.");
    }
}
