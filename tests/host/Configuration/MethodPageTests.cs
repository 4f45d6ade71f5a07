using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Configuration;

public sealed class MethodPageTests
{
    [Fact]
    public void Write_EveryMethod_EqualsTheCommittedPage()
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        var catalog = PluginCatalog.Discover(new([RepositoryFiles.Plugins], []));
        var docs = Path.Combine(RepositoryFiles.Root, "docs");
        var pages = catalog.Of(PluginKind.Method).ToDictionary(
            method => $"{method.Name}.md",
            method => MethodPage.Write(method, Path.Combine(RepositoryFiles.Root, "recipes"), Path.Combine(docs, "leaderboards")));

        Assert.All(pages, page => ApprovedFile.Verify(Path.Combine(docs, "methods", page.Key), page.Value));
        Assert.Equal(pages.Keys.Order(StringComparer.Ordinal), Directory.EnumerateFiles(Path.Combine(docs, "methods")).Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("dino", "Targets are Centre.Targets, the loss is SwappedPredictionLoss over pairs")]
    [InlineData("simclr", "see ProjectionHead.BatchNormMlp.")]
    public void Write_RemarksThatReferToAMember_NameItWithItsTypeAndWithoutArguments(string method, string expected)
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        var catalog = PluginCatalog.Discover(new([RepositoryFiles.Plugins], []));

        var page = MethodPage.Write(catalog.Get(PluginKind.Method, method), Path.Combine(RepositoryFiles.Root, "recipes"), "nowhere");

        Assert.Contains(expected, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_EveryMethod_NamesPaperFormulaAndRecipes()
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        var catalog = PluginCatalog.Discover(new([RepositoryFiles.Plugins], []));

        Assert.All(catalog.Of(PluginKind.Method), method =>
        {
            var page = MethodPage.Write(method, Path.Combine(RepositoryFiles.Root, "recipes"), "nowhere");

            Assert.Contains("## What it computes", page, StringComparison.Ordinal);
            Assert.Contains("## Recipes", page, StringComparison.Ordinal);
            Assert.Contains("## Options", page, StringComparison.Ordinal);
        });
    }
}
