using Parallax.Host.Configuration;
using Parallax.Host.Leaderboards;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Leaderboards;

/// <summary>Entries that begin with the runs of others.</summary>
public sealed class LeaderboardFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-leaderboard-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Stages_EntriesAfterOthers_ComeLaterWithTheSameSeed()
    {
        var board = Read(
            """
            - {recipe: first.yaml, name: a}
            - {recipe: first.yaml, name: b, after: {backbone.weights: a}}
            - {recipe: first.yaml, name: c}
            - {recipe: first.yaml, name: d, set: {method.temperature: 0.5}, after: {backbone.weights: b}}
            """);

        Assert.Equal(["a0 a1 c0 c1", "b0 b1", "d0 d1"], board.Stages().Select(stage => string.Join(' ', stage.Select(row => $"{row.Name}{row.Seed}"))));
        Assert.Equal(new Dictionary<string, string> { ["backbone.weights"] = "b" }, board.Entries[^1].After);
        Assert.Equal("0.5", board.Entries[^1].Configuration.Flatten()["method.temperature"]);
    }

    [Fact]
    public void Read_KeyThatGetsARun_IsEmptyUntilThen()
    {
        var board = Read(
            """
            - {recipe: first.yaml, name: a}
            - {recipe: first.yaml, name: b, set: {backbone.weights: b.pth}, after: {backbone.weights: a}}
            """);

        Assert.Null(board.Entries[^1].Configuration.BackboneSection.Weights);
    }

    [Theory]
    [InlineData("entries[1].after: backbone.weights is 'c'; expected the name of an entry above it: a.", "{backbone.weights: c}")]
    [InlineData("entries[1].after: backbone.weights is 'b'; expected the name of an entry above it: a.", "{backbone.weights: b}")]
    [InlineData("first.yaml: backbone.weight is not a known key.", "{backbone.weight: a}")]
    [InlineData("entries[1].after is no section; expected keys of the recipe with names of entries above, such as '{method.startPath: NAME}'.", "a")]
    public void Read_AfterWhatIsNotThere_IsTold(string start, string after)
    {
        var faults = Assert.Throws<ConfigurationException>(() => Read(
            $$"""
            - {recipe: first.yaml, name: a}
            - {recipe: first.yaml, name: b, after: {{after}}}
            """)).Faults;

        Assert.StartsWith(start, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FitOfWhatIsNotThere_IsTold()
    {
        var faults = Assert.Throws<ConfigurationException>(() => Read(
            """
            - {recipe: first.yaml, name: a}
            - {recipe: first.yaml, name: b, set: {evaluation.protocols: [knn-lightly]}}
            """, "fit: {series: [{name: line, entries: [a, b, c]}], protocols: [knn-10]}")).Faults;

        Assert.Equal(
        [
            "fit.series 'line' has 'c'; expected names of entries. Did you mean 'a'? Known: a, b.",
            "fit.series 'line' has 'a' and 'b', which learn from as many images; expected entries with other shares (data.share).",
            "fit.protocols has 'knn-10'; expected protocols that an entry is measured by. Known: knn-lightly.",
        ], faults);
    }

    [Fact]
    public void Read_FitThroughTwoEntries_IsRefused() => Assert.Contains("leaderboard.fit.series[0].entries", Assert.Throws<ConfigurationException>(() => Read(
        """
        - {recipe: first.yaml, name: a}
        - {recipe: first.yaml, name: b}
        """, "fit: {series: [{name: line, entries: [a, b]}]}")).Message, StringComparison.Ordinal);

    private LeaderboardFile Read(string entries, string head = "")
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        File.WriteAllText(Path.Combine(_folder.FullName, "first.yaml"), "data: {name: shapes}\nmethod: {name: simclr}\nbackbone: {name: resnet20}\n");
        var file = Path.Combine(_folder.FullName, "board.yaml");
        File.WriteAllText(file, $"seeds: [0, 1]\n{head}\nentries:\n{entries}\n");

        return LeaderboardFile.Read(file, [], new(PluginCatalog.Discover(new([RepositoryFiles.Plugins], []))));
    }
}
