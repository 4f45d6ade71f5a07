using Parallax.Host.Configuration;
using Parallax.Host.Leaderboards;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Leaderboards;

public sealed class ShippedLeaderboardTests
{
    private static string Folder => Path.Combine(RepositoryFiles.Root, "recipes", "leaderboards");

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_ShippedLeaderboard_HasNoFault(string file)
    {
        var board = Read(Path.Combine(Folder, file));

        Assert.NotEmpty(board.Entries);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_ShippedLeaderboard_SetsWhatLearnsFromLabelsApart(string file)
    {
        var board = Read(Path.Combine(Folder, file));
        var methods = PluginCatalog.Discover(new([RepositoryFiles.Plugins], [])).Of(PluginKind.Method).ToDictionary(plugin => plugin.Name);

        Assert.All(board.Entries, row => Assert.True(
            row.Reference || !methods[row.Configuration.Method.Name].Summary.Contains("Uses labels", StringComparison.Ordinal), row.Name));
    }

    [Theory]
    [InlineData("moco-byol-study.yaml", "method.", "views", "backbone.norm", "backbone.splits")]
    [InlineData("moco-byol-study-cifar10.yaml", "method.")]
    public void Read_FairComparison_DiffersOnlyInWhatItCompares(string file, params string[] compared)
    {
        var rows = Read(Path.Combine(Folder, file)).Entries.Where(row => !row.Reference).Select(row => row.Configuration.Flatten()
            .Where(pair => !compared.Any(prefix => pair.Key.StartsWith(prefix, StringComparison.Ordinal)))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)).ToList();

        Assert.Equal(4, rows.Count);
        Assert.All(rows, row => Assert.Equal(rows[0], row));
    }

    [Fact]
    public void Read_NameBelowTheRecipesFolder_FindsFileAndEntries()
    {
        var board = Read("leaderboards/moco-byol-study");

        Assert.Equal("moco-byol-study", board.Stem);
        Assert.NotEmpty(board.Entries);
    }

    private static LeaderboardFile Read(string file)
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");

        return LeaderboardFile.Read(file, [], new(PluginCatalog.Discover(new([RepositoryFiles.Plugins], []))));
    }
}
