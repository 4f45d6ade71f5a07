using System.ComponentModel.DataAnnotations;
using Parallax.Host.Configuration;
using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Leaderboards;

/// <summary>Head of a leaderboard file; <c>common</c> and <c>entries</c> stand beside it.</summary>
public sealed record LeaderboardOptions
{
    /// <summary>Heading of the table.</summary>
    [Required]
    public string Title { get; init; } = "Leaderboard";

    /// <summary>A paragraph under the heading: what the budget is, what the table is for.</summary>
    public string? Note { get; init; }

    /// <summary>Seeds; every entry is trained once with each.</summary>
    [MinLength(1)]
    public IReadOnlyList<long> Seeds { get; init; } = [0];

    /// <summary>Whether the backbone is measured before any training, too: what every row has to beat.</summary>
    public bool Random { get; init; } = true;

    /// <summary>Lines through the numbers of entries that learn from more and more images, written below the table; null for none.</summary>
    public FitOptions? Fit { get; init; }
}

/// <summary>One row of a leaderboard file.</summary>
public sealed record LeaderboardEntry
{
    /// <summary>Path of the recipe, relative to the leaderboard file.</summary>
    [Required]
    public string Recipe { get; init; } = "";

    /// <summary>Name of the row; null takes that of the recipe's method.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the row is a reference, shown in italics below the others: for example training with labels.</summary>
    public bool Reference { get; init; }
}

/// <summary>A list of recipes that are trained under one budget, as read from YAML.</summary>
/// <param name="File">Where it was read.</param>
/// <param name="Options">Its head.</param>
/// <param name="Entries">Its rows.</param>
internal sealed record LeaderboardFile(string File, LeaderboardOptions Options, IReadOnlyList<LeaderboardFile.Row> Entries)
{
    private const string CommonKey = "common", EntriesKey = "entries", SetKey = "set", AfterKey = "after";

    /// <summary>Name of the file without its ending; results are named after it.</summary>
    public string Stem => Path.GetFileNameWithoutExtension(File);

    /// <summary>Reads the file and every recipe it names, and checks all of it.</summary>
    /// <param name="file">Path, or what is left of it after the recipes folder.</param>
    /// <param name="overrides">Changes to every recipe, above all others.</param>
    /// <param name="recipes">Checks the recipes.</param>
    /// <exception cref="ConfigurationException">Holds every fault found.</exception>
    public static LeaderboardFile Read(string file, IReadOnlyList<string> overrides, RecipeReader recipes)
    {
        var faults = new List<string>();
        var binder = new OptionsBinder(faults);
        file = RecipeFile.Find(file, RecipeFile.Places, []).Path;
        var tree = recipes.Load(file, "");
        var options = (LeaderboardOptions)binder.Bind(typeof(LeaderboardOptions), tree, "leaderboard", [CommonKey, EntriesKey]);
        var common = RecipeTree.Child(tree, CommonKey) as YamlMappingNode ?? [];
        if (RecipeTree.Child(tree, EntriesKey) is not YamlSequenceNode { Children.Count: > 0 } list)
        {
            throw new ConfigurationException([.. faults, $"{file}: 'entries' is missing or empty; expected a list such as '- recipe: ../demo.yaml'."]);
        }

        var rows = new List<Row>();
        foreach (var (node, index) in list.Children.Select((node, index) => (node, index)))
        {
            if (node is not YamlMappingNode mapping)
            {
                faults.Add($"entries[{index}] is no section; expected '- recipe: FILE'.");
                continue;
            }

            var entry = (LeaderboardEntry)binder.Bind(typeof(LeaderboardEntry), mapping, $"entries[{index}]", [SetKey, AfterKey]);
            var after = After(RecipeTree.Child(mapping, AfterKey), $"entries[{index}].{AfterKey}", rows, faults);
            var set = Expand(RecipeTree.Child(mapping, SetKey) as YamlMappingNode);
            rows.AddRange(Configure(file, entry, set, common, options, [.. overrides, .. after.Keys.Select(key => $"{key}=null")], recipes, faults)
                .Select(row => row with { After = after }));
        }

        faults.AddRange(rows.GroupBy(row => (row.Name, row.Seed)).Where(group => group.Count() > 1)
            .Select(group => $"{file}: two entries are named '{group.Key.Name}'. Give one of them another 'name'."));

        faults.AddRange(FitFaults(options.Fit, rows));

        return faults.Count == 0 ? new(file, options, rows) : throw new ConfigurationException([.. faults.Distinct()]);
    }

    private static List<Row> Configure(
        string file, LeaderboardEntry entry, YamlMappingNode set, YamlMappingNode common, LeaderboardOptions options, IReadOnlyList<string> overrides,
        RecipeReader recipes, List<string> faults)
    {
        var rows = new List<Row>();
        try
        {
            var path = UserPath.Expand(entry.Recipe, "recipe");
            var recipe = RecipeTree.Merge(RecipeTree.Merge(recipes.Load(path, Path.GetDirectoryName(Path.GetFullPath(file))!), common), set);
            foreach (var seed in options.Seeds)
            {
                var configuration = recipes.Read(recipe, [.. overrides, $"trainer.seed={seed}"]);
                rows.Add(new(entry.Name ?? configuration.Method.Name, seed, entry.Reference, configuration));
            }
        }
        catch (ConfigurationException e)
        {
            faults.AddRange(e.Message.Split('\n').Select(line => $"{entry.Recipe}: {line}"));
        }

        return rows;
    }

    // after: {method.startPath: NAME}, where NAME is that of an entry above: so there is always an order, and a name that is mistaken is told.
    private static Dictionary<string, string> After(YamlNode? node, string key, IReadOnlyList<Row> above, List<string> faults)
    {
        if (node is not (null or YamlMappingNode))
        {
            faults.Add($"{key} is no section; expected keys of the recipe with names of entries above, such as '{{method.startPath: NAME}}'.");
        }

        var after = (node as YamlMappingNode ?? []).ToDictionary(pair => RecipeTree.Text(pair.Key), pair => RecipeTree.Text(pair.Value));
        string[] names = [.. above.Select(row => row.Name).Distinct()];
        faults.AddRange(after.Where(pair => !names.Contains(pair.Value)).Select(pair => $"{key}: {pair.Key} is '{pair.Value}'; expected the name of an entry "
            + $"above it: {(names.Length == 0 ? "there is none" : string.Join(", ", names))}."));

        return after;
    }

    private static IEnumerable<string> FitFaults(FitOptions? fit, List<Row> rows)
    {
        string[] names = [.. rows.Select(row => row.Name).Distinct()];
        string[] protocols = [.. rows.SelectMany(row => row.Configuration.Evaluation.Protocols).Distinct()];
        foreach (var series in fit?.Series ?? [])
        {
            foreach (var name in series.Entries.Where(name => !names.Contains(name)))
            {
                yield return $"fit.series '{series.Name}' has '{name}'; expected names of entries.{NearestName.Hint(name, names)}";
            }
        }

        foreach (var series in fit?.Series ?? [])
        {
            var shares = rows.Where(row => series.Entries.Contains(row.Name)).DistinctBy(row => row.Name)
                .GroupBy(row => (row.Configuration.Data.Path, row.Configuration.Data.Share, row.Configuration.Data.LongTail)).Where(same => same.Count() > 1);
            foreach (var same in shares)
            {
                yield return $"fit.series '{series.Name}' has {string.Join(" and ", same.Select(row => $"'{row.Name}'"))}, which learn from as many images; "
                    + "expected entries with other shares (data.share).";
            }
        }

        foreach (var protocol in (fit?.Protocols ?? []).Except(protocols))
        {
            yield return $"fit.protocols has '{protocol}'; expected protocols that an entry is measured by.{NearestName.Hint(protocol, protocols)}";
        }
    }

    // set: {method.temperature: 0.1} means what --set method.temperature=0.1 means.
    private static YamlMappingNode Expand(YamlMappingNode? set)
    {
        var tree = new YamlMappingNode();
        foreach (var (key, value) in set ?? [])
        {
            var one = value;
            foreach (var part in RecipeTree.Text(key).Split('.').Reverse())
            {
                one = new YamlMappingNode { { part, one } };
            }

            tree = RecipeTree.Merge(tree, (YamlMappingNode)one);
        }

        return tree;
    }

    /// <summary>One run of a leaderboard: an entry with a seed.</summary>
    /// <param name="Name">Name of the row.</param>
    /// <param name="Seed">Seed of the run.</param>
    /// <param name="Reference">Whether the row is a reference.</param>
    /// <param name="Configuration">What is trained.</param>
    internal sealed record Row(string Name, long Seed, bool Reference, ResolvedConfiguration Configuration)
    {
        /// <summary>Keys of the recipe that get the folder of a run of this leaderboard, and the name of its row; the seed is the same.</summary>
        public IReadOnlyDictionary<string, string> After { get; init; } = new Dictionary<string, string>();
    }

    /// <summary>The rows in groups: those of a group need no other of it, only runs of earlier groups.</summary>
    public IEnumerable<IReadOnlyList<Row>> Stages()
    {
        var stages = new Dictionary<(string Name, long Seed), int>();
        foreach (var row in Entries)   // in their order, so that those above are known
        {
            stages[(row.Name, row.Seed)] = row.After.Values.Select(name => stages[(name, row.Seed)] + 1).DefaultIfEmpty(0).Max();
        }

        return Entries.GroupBy(row => stages[(row.Name, row.Seed)]).OrderBy(stage => stage.Key).Select(stage => stage.ToList());
    }
}
