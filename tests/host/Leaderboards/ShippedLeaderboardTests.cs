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

    // Kolesnikov et al., CVPR 2019: widening factors 4, 8, 12 and 16; a network of factor 4 has width 1, VGG of factor 8.
    [Theory]
    [InlineData("rotnet", "resnet50 1 2 3 4", "resnet50-v2 1 2 3 4", "revnet50 1 2 3 4", "vgg19 0.5 1 1.5 2")]
    [InlineData("exemplar-triplet", "resnet50 1 2 3 4", "resnet50-v2 1 2 3 4", "revnet50 1 2 3 4", "vgg19 0.5 1 1.5 2")]
    [InlineData("jigsaw", "resnet50 1 2 3 4", "resnet50-v2 1 2 3 4", "revnet50 1 2 3 4")]
    [InlineData("relative-position", "resnet50 1 2 3 4", "resnet50-v2 1 2 3 4", "revnet50 1 2 3 4")]
    public void Read_StudyOfPretextTasks_HasEveryNetworkInEveryWidth(string method, params string[] expected)
    {
        var rows = Read(Path.Combine(Folder, "study-pretext.yaml")).Entries.Where(row => row.Configuration.Method.Name == method)
            .Select(row => row.Configuration.Flatten()).ToList();

        Assert.Equal(expected, rows.GroupBy(row => row["backbone.name"])
            .Select(network => $"{network.Key} {string.Join(' ', network.Select(row => row["backbone.width"]))}"));
        Assert.All(rows, row => Assert.Equal("false", row["optimizer.excludeNormAndBias"]));
    }

    [Theory]
    [InlineData("jigsaw", "method.pixels=standardised-per-tile", "method.permutationsPerImage=8", "method.embeddingDim=1000", "method.linearEmbedding=true",
        "method.hiddenDim=4096", "method.dropout=0.5", "trainer.batchSize=128")]
    [InlineData("relative-position", "method.pixels=standardised-per-tile", "method.embeddingDim=1000", "method.hiddenDim=4096", "method.dropout=0.5",
        "method.headLearningRateScale=1", "trainer.batchSize=128")]
    public void Read_StudyOfPretextTasks_HasTheAuthorsVariants(string method, params string[] expected)
    {
        var rows = Read(Path.Combine(Folder, "study-pretext.yaml")).Entries.Where(row => row.Configuration.Method.Name == method)
            .Select(row => row.Configuration.Flatten());

        Assert.All(rows, row => Assert.All(expected, setting => Assert.Equal(setting, $"{setting.Split('=')[0]}={row[setting.Split('=')[0]]}")));
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
