using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Configuration;

public sealed class MethodPageTests
{
    private const string Reason = "see [leaderboards](../leaderboards.md).\n";

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

    [Theory]
    [InlineData("wide", 0.30, 0.51, "knn 30.0 %, linear 51.0 %; without training knn 40.0 %, linear 50.0 %.\n")]
    [InlineData("wide", 0.40, 0.49,
        "knn 40.0 %, linear 49.0 %; without training knn 40.0 %, linear 50.0 %. No protocol finds it better than random weights there; ")]
    [InlineData("narrow", 0.31, 0.30, "knn 31.0 %, linear 30.0 %; without training knn 30.0 %, linear 35.0 %.\n")]
    [InlineData("deep", 0.31, 0.30, "knn 31.0 %, linear 30.0 %.\n")]
    [InlineData("", 0.31, 0.30, "knn 31.0 %, linear 30.0 %.\n")]
    public void Measured_RowsWithoutTraining_ThatOfTheSameBackboneStandsBeside(string backbone, double knn, double linear, string expected)
    {
        var results = Row("random weights, wide", "", "wide", 0.4, 0.5) + ", " + Row("random weights, narrow", "", "narrow", 0.3, 0.35)
            + ", " + Row("simclr", "simclr", backbone, knn, linear);

        Assert.Equal($"- [Small](../leaderboards/board.md), `simclr`: {expected}", Measured(results).Replace(Reason, "", StringComparison.Ordinal));
    }

    [Fact]
    public void Measured_FileThatNamesNoBackbones_RefersToTheTable() => Assert.EndsWith(
        "knn 31.0 %, linear 30.0 %; the table has a row without training for each backbone.\n",
        Measured(Row("random weights, wide", "", "", 0.4, 0.5) + ", " + Row("random weights, narrow", "", "", 0.3, 0.3)
            + ", " + Row("simclr", "simclr", "", 0.31, 0.3)), StringComparison.Ordinal);

    private static string Row(string name, string method, string backbone, double knn, double linear) => FormattableString.Invariant(
        $$"""{"name": "{{name}}", "method": "{{method}}", "backbone": "{{backbone}}", "accuracy": {"knn": {{knn}}, "linear": {{linear}} } }""");

    private static string Measured(string results)
    {
        var folder = Directory.CreateTempSubdirectory("parallax-page-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "board.json"), $$"""{"title": "Small", "results": [{{results}}]}""");

            return string.Concat(MethodPage.Measured("simclr", folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
