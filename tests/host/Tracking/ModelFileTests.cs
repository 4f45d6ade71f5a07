using System.Globalization;
using System.Text.Json.Nodes;
using Parallax.Host.Tracking;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Tests.Tracking;

/// <summary>What is written about models, against files of MLflow's own form in <c>tests/host/Tracking/Models</c>.</summary>
public sealed class ModelFileTests
{
    private const string RunId = "3f6c0000000000000000000000000000", Key = "0123456789abcdef0123456789abcdef";

    /// <summary>The model of the reference files: 2026-01-01, 00:00 UTC.</summary>
    internal static ModelEntry Entry { get; } = new(
        Key, "simclr-resnet20", 64, 1_767_225_600_000, new(null, [-1, 3, 32, 32]), new("features", [-1, 64]),
        new Dictionary<string, string> { ["method"] = "simclr" }, new Dictionary<string, string> { ["team"] = "vision" })
    {
        Bytes = 1234,
    };

    [Theory]
    [InlineData("MLmodel-2.8.yaml", "2.8.0", "model", null)]
    [InlineData("MLmodel-3.12.yaml", "3.0.0", $"mlflow-artifacts:/7/models/m-{Key}/artifacts", $"m-{Key}")]
    public void Text_IsAsMlflowWritesIt(string reference, string version, string artifactPath, string? modelId)
    {
        var expected = Values(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "tests", "host", "Tracking", "Models", reference)));
        expected["mlflow_version"] = version;   // of the form, not of a program that there is none of

        var written = Values(ModelFile.Text(Entry, RunId, artifactPath, modelId));

        Assert.Equal(InOrder(expected), InOrder(written));
    }

    [Fact]
    public void Text_WordsOfAnyKind_StayWords()
    {
        var entry = Entry with { Metadata = new Dictionary<string, string> { ["a: b #"] = "it's 'quoted': yes #1\n2", ["number"] = "1.5", ["no"] = "no" } };

        var values = Values(ModelFile.Text(entry, RunId, "file:///a b/#/models", null));

        Assert.Equal("file:///a b/#/models", values["artifact_path"]);
        Assert.Equal(("it's 'quoted': yes #1\n2", "1.5", "no"), (values["metadata/a: b #"], values["metadata/number"], values["metadata/no"]));
    }

    [Fact]
    public void Record_HasWhatMlflowNotesInTheTagOfARun()
    {
        var record = ModelFile.Record(Entry, RunId, "model");

        Assert.Equal(["artifact_path", "flavors", "model_uuid", "run_id", "utc_time_created"], record.Select(entry => entry.Key).Order(StringComparer.Ordinal));
        Assert.Equal("model.onnx", (string?)record["flavors"]!["python_function"]!["data"]);
        Assert.Equal("mlflow.onnx", (string?)record["flavors"]!["python_function"]!["loader_module"]);
        Assert.Equal("1.15.0", (string?)record["flavors"]!["onnx"]!["onnx_version"]);
    }

    [Fact]
    public void Environment_NamesTheSamePythonAndPackagesThreeTimes()
    {
        var requirements = ModelEnvironment.Files["requirements.txt"].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var (conda, virtualenv) = (Values(ModelEnvironment.Files["conda.yaml"]), Values(ModelEnvironment.Files["python_env.yaml"]));

        Assert.Equal(["mlflow>=2.8", "onnx>=1.15.0", "onnxruntime>=1.17.0"], requirements);
        Assert.Equal(requirements, Enumerable.Range(0, 3).Select(index => conda[$"dependencies/2/pip/{index}"]));
        Assert.Equal(("conda-forge", "python=3.10.14", "pip"), (conda["channels/0"], conda["dependencies/0"], conda["dependencies/1"]));
        Assert.Equal(("3.10.14", "-r requirements.txt"), (virtualenv["python"], virtualenv["dependencies/0"]));
    }

    [Theory]
    [InlineData("a/b", null, "--register is 'a/b'", "Try 'a-b'.")]
    [InlineData("a:b", null, "--register is 'a:b'", "Try 'a-b'.")]
    [InlineData("it's", null, "--register is 'it's'", "Try 'it-s'.")]
    [InlineData(" ", null, "--register is ' '", "none of / : \" '.")]
    [InlineData(null, "best", "--alias is 'best', but nothing is registered.", "Add --register NAME.")]
    [InlineData("a", "the best", "--alias is 'the best'", "letters, digits, _ and -")]
    [InlineData("a", "Latest", "--alias is 'Latest'", "neither 'latest' nor a version")]
    [InlineData("a", "v12", "--alias is 'v12'", "neither 'latest' nor a version")]
    public void Require_WhatTheRegistryDoesNotTake_SaysWhatItTakes(string? name, string? alias, string what, string advice)
    {
        var fault = Assert.Throws<ConfigurationException>(() => ModelNames.Require(name, alias)).Message;

        Assert.StartsWith(what, fault, StringComparison.Ordinal);
        Assert.Contains(advice, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("my backbone, 3.1", "champion")]
    [InlineData("größe_1", "v1-of-2")]
    public void Require_WhatTheRegistryTakes_IsQuiet(string? name, string? alias) => ModelNames.Require(name, alias);

    private static IEnumerable<KeyValuePair<string, object?>> InOrder(Dictionary<string, object?> values) =>
        values.OrderBy(entry => entry.Key, StringComparer.Ordinal);

    /// <summary>All values by their path, as Python reads them: words, or what stands without quotes for a number, a truth or nothing.</summary>
    internal static Dictionary<string, object?> Values(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));

        return Flatten("", stream.Documents[0].RootNode).ToDictionary(entry => entry.Path, entry => entry.Value);
    }

    private static IEnumerable<(string Path, object? Value)> Flatten(string path, YamlNode node) => node switch
    {
        YamlMappingNode map => map.SelectMany(entry => Flatten($"{path}/{((YamlScalarNode)entry.Key).Value}", entry.Value)),
        YamlSequenceNode list => list.SelectMany((entry, index) => Flatten(string.Create(CultureInfo.InvariantCulture, $"{path}/{index}"), entry)),
        YamlScalarNode word => Words(path.TrimStart('/'), word),
        _ => throw new ArgumentException(node.Tag.ToString(), nameof(node)),
    };

    // A signature is JSON inside a word.
    private static IEnumerable<(string Path, object? Value)> Words(string path, YamlScalarNode word)
    {
        object? value = word is { Style: ScalarStyle.Plain, Value: "null" or "" } ? null
            : word is { Style: ScalarStyle.Plain, Value: "true" or "false" } ? word.Value == "true"
            : word.Style == ScalarStyle.Plain && long.TryParse(word.Value, CultureInfo.InvariantCulture, out var number) ? number
            : word.Value;

        return value is string text && text.StartsWith('[') ? Json(path, JsonNode.Parse(text)) : [(path, value)];
    }

    private static IEnumerable<(string Path, object? Value)> Json(string path, JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => Json($"{path}/{entry.Key}", entry.Value)),
        JsonArray list => list.SelectMany((entry, index) => Json(string.Create(CultureInfo.InvariantCulture, $"{path}/{index}"), entry)),
        JsonValue value => [(path, value.TryGetValue<long>(out var number) ? number : (string)value!)],
        _ => [(path, null)],
    };
}
