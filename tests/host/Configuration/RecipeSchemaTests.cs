using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Parallax.Host.Configuration;
using Parallax.Host.Leaderboards;
using Parallax.Host.Plugins;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Tests.Configuration;

/// <summary>The schemas that editors take, by a validator that is not ours.</summary>
public sealed class RecipeSchemaTests
{
    private const string Modeline = "# yaml-language-server: $schema=leaderboard.schema.json";

    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "recipes");
    private static readonly Lazy<JsonSchema> OfRecipes = new(() => JsonSchema.FromText(RecipeSchema.Write(Catalog()).ToJsonString()));

    [Fact]
    public void Write_BuiltPlugins_AcceptsEveryRecipeAsItStandsInItsFile()
    {
        var files = Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(Path.GetDirectoryName(file)) != "leaderboards").ToList();

        var faults = files.SelectMany(file => Faults(OfRecipes.Value, File.ReadAllText(file)).Select(fault => $"{file}: {fault}"));

        Assert.True(files.Count > 100);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("method: {name: simclr, temprature: 0.1}")]
    [InlineData("method: {name: no-such-method}")]
    [InlineData("method: {name: simclr, temperature: -1}")]
    [InlineData("method: {nothing: 1}")]
    [InlineData("trainer: {epochs: many}")]
    [InlineData("trainers: {epochs: 1}")]
    [InlineData("views: [{repeat: 2, augmentations: [sharpen]}]")]
    [InlineData("evaluation: {protocols: knn-lightly}")]
    public void Write_BuiltPlugins_RefusesWhatTheProgramRefuses(string recipe) => Assert.NotEmpty(Faults(OfRecipes.Value, recipe));

    [Theory]
    [InlineData("extends: a.yaml\nmethod: {temperature: 0.1}")]
    [InlineData("extends: a.yaml\nviews: null\ntrainer:\nimageModel: null")]
    [InlineData("x-sgd: &sgd {momentum: 0.9}\noptimizer: {momentum: 0.9}")]
    public void Write_BuiltPlugins_AcceptsChangesToAnExtendedRecipe(string recipe) => Assert.Empty(Faults(OfRecipes.Value, recipe));

    [Fact]
    public void LeaderboardSchema_AcceptsEveryLeaderboardAndIsNamedByIt()
    {
        var schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(Folder, "leaderboards", "leaderboard.schema.json")));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, "leaderboards"), "*.yaml"))
        {
            var text = File.ReadAllText(file);

            Assert.True(
                text.StartsWith(Modeline + "\n", StringComparison.Ordinal), $"{file}: the first line must be '{Modeline}', or editors take it for a recipe.");
            Assert.Empty(Faults(schema, text));
        }
    }

    [Fact]
    public void LeaderboardSchema_HasTheKeysOfTheProgram()
    {
        var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "leaderboards", "leaderboard.schema.json")))!;

        Assert.Equal([.. Keys<LeaderboardOptions>(), "common", "entries"], Names(schema));
        Assert.Equal(Keys<FitOptions>(), Names(schema["properties"]!["fit"]!));
        Assert.Equal(Keys<FitSeries>(), Names(schema["properties"]!["fit"]!["properties"]!["series"]!["items"]!));
        Assert.Equal([.. Keys<LeaderboardEntry>(), "set", "after"], Names(schema["properties"]!["entries"]!["items"]!));
    }

    private static IEnumerable<string> Keys<T>() => OptionKey.Of(typeof(T)).Select(key => key.Name);

    private static IEnumerable<string> Names(JsonNode section) => section["properties"]!.AsObject().Select(pair => pair.Key);

    private static PluginCatalog Catalog()
    {
        Assert.SkipUnless(Directory.Exists(RepositoryFiles.Plugins), $"{RepositoryFiles.Plugins} is not there: build Framework.sln to run this test.");

        return PluginCatalog.Discover(new([RepositoryFiles.Plugins], []));
    }

    private static List<string> Faults(JsonSchema schema, string yaml)
    {
        var json = JsonSerializer.SerializeToElement(Json(RecipeTree.Parse(yaml, "test")));
        var results = schema.Evaluate(json, new() { OutputFormat = OutputFormat.List });

        return results.IsValid ? [] : [.. (results.Details ?? []).SelectMany(detail => (detail.Errors ?? new Dictionary<string, string>())
            .Select(error => $"{detail.InstanceLocation}: {error.Value}")).DefaultIfEmpty("not valid")];
    }

    // As YAML's core schema reads scalars, which editors do.
    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Select(pair => KeyValuePair.Create(RecipeTree.Text(pair.Key), Json(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "null" or "~" } => null,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar when long.TryParse(scalar.Value, CultureInfo.InvariantCulture, out var number) =>
            JsonValue.Create(number),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar when double.TryParse(scalar.Value, CultureInfo.InvariantCulture, out var number) =>
            JsonValue.Create(number),
        var other => JsonValue.Create(RecipeTree.Text(other)),
    };
}
