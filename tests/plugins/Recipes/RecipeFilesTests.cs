using System.Globalization;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;

namespace Parallax.Plugins.Tests.Recipes;

/// <summary>Every file in <c>recipes/</c>, read as the command line reads it, with the plugins that were built.</summary>
public sealed class RecipeFilesTests
{
    private static readonly string _root = FindRoot(AppContext.BaseDirectory);
    private static readonly Lazy<RecipeReader> _reader = new(() => new(PluginCatalog.Discover(new PluginFolders([Path.Combine(BuiltHost(), "plugins")], []))));

    private static readonly Lazy<Dictionary<string, Dictionary<string, string>>> _published = new(ReadNumbers);

    public static TheoryData<string> Files => [.. Names];

    /// <summary>All but those whose numbers are ours: the small budget, MNIST and the demo.</summary>
    public static TheoryData<string> Published =>
    [
        .. Names.Where(name => name != "demo" && !name.EndsWith("small", StringComparison.Ordinal) && !name.EndsWith("mnist", StringComparison.Ordinal)),
    ];

    /// <summary>The recipes that can be trained, METHOD/DATASET: bases are there to be extended, leaderboards name recipes.</summary>
    private static IEnumerable<string> Names => Directory.EnumerateFiles(Path.Combine(_root, "recipes"), "*.yaml", SearchOption.AllDirectories)
        .Select(file => Path.ChangeExtension(Path.GetRelativePath(Path.Combine(_root, "recipes"), file), null))
        .Where(name => Path.GetDirectoryName(name) is not ("bases" or "leaderboards")).Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_RecipeFile_HasNoFaults(string file)
    {
        var configuration = Read(file);

        Assert.True(
            file == "demo" || file.StartsWith("study-", StringComparison.Ordinal) || Path.GetDirectoryName(file) == configuration.Method.Name,
            $"{file} trains {configuration.Method.Name}; recipes are named METHOD/DATASET.yaml, those of a comparison study-NAME/ENTRY.yaml.");
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

    [Theory]
    [MemberData(nameof(Published))]
    public void Read_RecipeOfAPaper_HasItsNumbers(string recipe)
    {
        var values = Read(recipe).Flatten();

        Assert.True(_published.Value.TryGetValue(recipe, out var numbers), $"references/recipes.txt has no numbers of {recipe}; write them, with "
            + "their source.");
        Assert.Equal(numbers, numbers.Select(number => number.Key).ToDictionary(key => key, key => values[key].Replace(" ", "", StringComparison.Ordinal)));
    }

    /// <summary>The numbers by recipe: comments begin with #, recipes in the first column, sections and their keys further right.</summary>
    private static Dictionary<string, Dictionary<string, string>> ReadNumbers()
    {
        Dictionary<string, Dictionary<string, string>> recipes = [];
        Dictionary<string, string> current = [];
        using var reader = new StreamReader(typeof(RecipeFilesTests).Assembly.GetManifestResourceStream("recipes.txt")!);
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0] == "#")
            {
                continue;
            }

            if (line[0] != ' ')
            {
                recipes.Add(words[0], current = []);
                continue;
            }

            foreach (var pair in words.Skip(1).Select(word => word.Split('=')))
            {
                current.Add($"{words[0]}.{pair[0]}", pair[1]);
            }
        }

        return recipes;
    }

    private static ResolvedConfiguration Read(string file) => _reader.Value.Read(Path.Combine(_root, "recipes", file), []);

    private static long Number(IReadOnlyDictionary<string, string> values, string key) => long.Parse(values[key], CultureInfo.InvariantCulture);

    /// <summary>The host's output with this configuration's name: artifacts/bin/PROJECT/release.</summary>
    private static string BuiltHost() =>
        Path.Combine(_root, "artifacts", "bin", "Parallax.Host", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Framework.sln")) ? folder : FindRoot(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))!);
}
