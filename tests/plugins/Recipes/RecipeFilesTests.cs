using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Plugins.Tests.Recipes;

/// <summary>Every file in <c>recipes/</c>, read as the command line reads it, with the plugins that were built.</summary>
public sealed class RecipeFilesTests
{
    private static readonly string _root = FindRoot(AppContext.BaseDirectory);
    private static readonly Lazy<RecipeReader> _reader = new(() => new(PluginCatalog.Discover(new PluginFolders([Path.Combine(BuiltHost(), "plugins")], []))));

    public static TheoryData<string> Files => [.. Directory.GetFiles(Path.Combine(_root, "recipes"), "*.yaml").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_RecipeFile_HasNoFaults(string file)
    {
        var configuration = Read(file);

        Assert.True(file == "demo.yaml" || file.StartsWith("study-", StringComparison.Ordinal) || file.StartsWith(configuration.Method.Name + "-", StringComparison.Ordinal), $"{file} trains {configuration.Method.Name}; recipes are named METHOD-DATASET.yaml, those of a comparison study-NAME-ENTRY.yaml.");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_RecipeFile_BatchFitsQueueAndSplits(string file)
    {
        var values = Read(file).Flatten();
        var batch = Number(values, "trainer.batchSize");
        var keys = values.GetValueOrDefault("method.symmetric") == "true" ? 2 * batch : batch;

        Assert.Equal(0, values.ContainsKey("method.queueSize") ? Number(values, "method.queueSize") % keys : 0);
        Assert.Equal(0, values.GetValueOrDefault("backbone.norm") == "split" ? batch % Number(values, "backbone.splits") : 0);
    }

    private static ResolvedConfiguration Read(string file) => _reader.Value.Read(Path.Combine(_root, "recipes", file), []);

    private static long Number(IReadOnlyDictionary<string, string> values, string key) => long.Parse(values[key], CultureInfo.InvariantCulture);

    /// <summary>The host's output with this configuration's name: artifacts/bin/PROJECT/release.</summary>
    private static string BuiltHost() =>
        Path.Combine(_root, "artifacts", "bin", "Parallax.Host", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Framework.sln")) ? folder : FindRoot(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))!);
}
