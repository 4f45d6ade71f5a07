using Parallax.Host.Configuration;
using Parallax.Host.Leaderboards;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Leaderboards;

public sealed class RandomRowsTests
{
    [Fact]
    public void RandomRows_OneBackbone_IsOneRowPerSeedWithAllProtocols()
    {
        var rows = Rows(Row("a", "resnet20", "knn-dino"), Row("b", "resnet20", "knn-dino, finetune-small"), Row("a", "resnet20", "knn-dino", seed: 1));

        Assert.Equal([("random weights", 0L), ("random weights", 1L)], rows.Select(row => (row.Name, row.Seed)));
        Assert.Equal(["knn-dino", "finetune-small"], rows[0].Configuration.Evaluation.Protocols);
        Assert.Equal(["finetune-small", "knn-dino"], rows[0].Configuration.Protocols.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void RandomRows_SeveralBackbones_AreNamed()
    {
        var rows = Rows(Row("a", "resnet20", "knn-dino"), Row("b", "vit, size: tiny", "finetune-small"));

        Assert.Equal(["random weights, resnet20", "random weights, vit, size tiny"], rows.Select(row => row.Name));
        Assert.Equal(["finetune-small"], rows[1].Configuration.Evaluation.Protocols);
    }

    [Fact]
    public void RandomRows_BackbonesThatStartWithWeights_AreRandomAllTheSame()
    {
        var rows = Rows(Row("a", "resnet20, weights: a.safetensors, weightsPrefix: teacher", "knn-dino"), Row("b", "resnet20", "knn-dino"));

        Assert.Equal((null, null), (Assert.Single(rows).Configuration.BackboneSection.Weights, rows[0].Configuration.BackboneSection.WeightsPrefix));
    }

    private static List<LeaderboardFile.Row> Rows(params LeaderboardFile.Row[] entries) => [.. LeaderboardRun.RandomRows(entries)];

    private static LeaderboardFile.Row Row(string name, string backbone, string protocols, long seed = 0)
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");
        var recipe = $$"""
            data: {name: shapes}
            method: {name: simclr}
            backbone: {name: {{backbone}}}
            evaluation: {protocols: [{{protocols}}]}
            """;

        return new(name, seed, false, new RecipeReader(PluginCatalog.Discover(new([RepositoryFiles.Plugins], []))).ReadText(recipe, "recipe.yaml", []));
    }
}
