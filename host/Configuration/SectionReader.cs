using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Configuration;

/// <summary>Reads the sections of one recipe.</summary>
internal sealed class SectionReader(YamlMappingNode tree, PluginCatalog catalog, ICollection<string> faults)
{
    private const string Name = "name";

    private readonly OptionsBinder _binder = new(faults);

    /// <summary>A section that names a plugin and holds its options.</summary>
    /// <param name="section">Key of the section.</param>
    /// <param name="kind">Kind of plugin.</param>
    /// <param name="hostRecord">Record of the host that shares the section.</param>
    public PluginChoice? Plugin(string section, PluginKind kind, Type? hostRecord = null)
    {
        var node = Mapping(section);
        var name = node is null ? "" : RecipeTree.Text(RecipeTree.Child(node, Name) ?? "");
        if (name.Length == 0)
        {
            faults.Add($"{section}.name is missing. Known: {string.Join(", ", catalog.Of(kind).Select(known => known.Name))}.");
            return null;
        }

        if (catalog.Find(kind, name, out var fault) is not { } plugin)
        {
            faults.Add($"{section}.name: {fault}");
            return null;
        }

        string[] foreign = hostRecord is null ? [Name] : [.. OptionKey.Of(hostRecord).Select(key => key.Name)];
        try
        {
            return PluginChoice.Bind(plugin, node, section, foreign, faults);
        }
        catch (ConfigurationException e)
        {
            faults.Add(e.Message);   // its assembly cannot be loaded; go on collecting
            return null;
        }
    }

    /// <summary>A section that is the host's alone.</summary>
    public T Host<T>(string section) => (T)_binder.Bind(typeof(T), Mapping(section), section);

    /// <summary>The host's part of section <c>data</c>.</summary>
    /// <param name="dataset">The data set of the section; null when it was not found.</param>
    public DataOptions Data(PluginChoice? dataset)
    {
        var data = Shared<DataOptions>("data", dataset);
        var usesPath = dataset?.Options is { } options && OptionKey.Of(options.GetType()).Any(key => key.Name == "path");
        if (dataset is not null && !usesPath && data.Path is not null)
        {
            faults.Add($"data.path is not used by the data set '{dataset.Name}', which has images of its own. Remove it.");
        }

        return data;
    }

    /// <summary>The host's part of a section that a plugin has its options in.</summary>
    /// <param name="section">Key of the section.</param>
    /// <param name="plugin">The plugin of the section; null when it was not found.</param>
    public T Shared<T>(string section, PluginChoice? plugin)
    {
        // Keys that are not the host's were checked with the plugin, and so was the name.
        var own = OptionKey.Of(typeof(T)).Select(key => key.Name).ToHashSet();
        var known = new YamlMappingNode((Mapping(section) ?? []).Children.Where(pair => own.Contains(RecipeTree.Text(pair.Key))));
        known.Children[Name] = plugin?.Name ?? "unknown";

        return (T)_binder.Bind(typeof(T), known, section);
    }

    /// <summary>Section <c>evaluation</c>: settings of the host, and options of protocols under their names.</summary>
    public EvaluationOptions Evaluation(out IReadOnlyDictionary<string, PluginChoice> protocols)
    {
        var node = Mapping("evaluation");
        string[] names = [.. catalog.Of(PluginKind.Evaluator).Select(plugin => plugin.Name)];
        var options = (EvaluationOptions)_binder.Bind(typeof(EvaluationOptions), node, "evaluation", names);

        var bound = new Dictionary<string, PluginChoice>();
        IEnumerable<string> online = options.Online is { } named ? [named] : [];
        foreach (var name in names.Where(name => node?.Children.ContainsKey(name) == true).Concat(options.Protocols).Concat(online).Distinct())
        {
            if (catalog.Find(PluginKind.Evaluator, name, out var fault) is { } plugin)
            {
                bound[name] = PluginChoice.Bind(plugin, RecipeTree.Child(node, name) as YamlMappingNode, $"evaluation.{name}", [], faults);
            }
            else
            {
                faults.Add($"evaluation.{(name == options.Online ? "online" : "protocols")}: {fault}");
            }
        }

        protocols = bound;

        return options;
    }

    private YamlMappingNode? Mapping(string section)
    {
        var node = RecipeTree.Child(tree, section);
        if (node is null or YamlMappingNode or YamlScalarNode { Value: "" or "null" or "~" })
        {
            return node as YamlMappingNode;
        }

        if (!faults.Any(fault => fault.StartsWith($"{section} is ", StringComparison.Ordinal)))
        {
            faults.Add($"{section} is {(node is YamlScalarNode scalar ? $"'{scalar.Value}'" : "a list")}; expected a section with keys of its own, for "
                + $"example '{section}:' and below it '  name: ...'.");
        }

        return null;
    }
}
