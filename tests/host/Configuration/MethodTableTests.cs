using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Configuration;

public sealed class MethodTableTests
{
    [Fact]
    public void Write_BuiltPlugins_HasARowPerMethodAndALinkPerRecipe()
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        var catalog = PluginCatalog.Discover(new([RepositoryFiles.Plugins], []));
        var recipes = Path.Combine(RepositoryFiles.Root, "recipes");

        var rows = MethodTable.Write(catalog, recipes).Split('\n', StringSplitOptions.RemoveEmptyEntries)[2..];

        Assert.Equal(catalog.Of(PluginKind.Method).Count(), rows.Length);
        Assert.All(rows, row => Assert.Contains("](https://arxiv.org/abs/", row, StringComparison.Ordinal));
        Assert.All(
            catalog.Of(PluginKind.Method).SelectMany(method => Directory.EnumerateFiles(Path.Combine(recipes, method.Name), "*.yaml")),
            file => Assert.Single(rows, row => row.Contains($"](recipes/{Path.GetRelativePath(recipes, file)})", StringComparison.Ordinal)));
    }
}
