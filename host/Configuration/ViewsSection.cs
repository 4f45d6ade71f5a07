using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Configuration;

/// <summary>Section <c>views</c>: a list of views, each with the augmentations it goes through and how often it is taken.</summary>
internal static class ViewsSection
{
    private const string Form = "expected entries such as {repeat: 2, augmentations: [{NAME: {OPTION: VALUE}}, NAME]}";

    private static readonly string[] Keys = ["repeat", "augmentations"];

    /// <summary>Reads and checks the section.</summary>
    /// <returns>Null when the recipe has none, or faults were noted.</returns>
    public static IReadOnlyList<IReadOnlyList<PluginChoice>>? Read(YamlNode? node, PluginCatalog catalog, ICollection<string> faults)
    {
        if (node is null or YamlScalarNode { Value: "" or "null" or "~" })
        {
            return null;
        }

        if (node is not YamlSequenceNode { Children.Count: > 0 } list)
        {
            faults.Add($"views: {Form}.");
            return null;
        }

        var before = faults.Count;
        var views = list.Children.SelectMany((entry, index) => View(entry, $"views[{index}]", catalog, faults)).ToList();

        return faults.Count == before ? views : null;
    }

    /// <summary>Writes the section.</summary>
    public static YamlSequenceNode Write(IReadOnlyList<IReadOnlyList<PluginChoice>> views) => new(views.Select(view => new YamlMappingNode
    {
        { "repeat", "1" },
        { "augmentations", new YamlSequenceNode(view.Select(step => new YamlMappingNode { { step.Name, step.Section() } })) },
    }));

    private static IEnumerable<IReadOnlyList<PluginChoice>> View(YamlNode entry, string prefix, PluginCatalog catalog, ICollection<string> faults)
    {
        if (entry is not YamlMappingNode map || RecipeTree.Child(map, Keys[1]) is not YamlSequenceNode { Children.Count: > 0 } steps)
        {
            faults.Add($"{prefix}: {Form}.");
            return [];
        }

        foreach (var unknown in map.Children.Keys.Select(RecipeTree.Text).Where(key => !Keys.Contains(key)))
        {
            faults.Add(OptionsBinder.Unknown(unknown, prefix, Keys));
        }

        var repeat = RecipeTree.Child(map, Keys[0]) is { } written ? OptionValue.Parse(RecipeTree.Text(written), typeof(int)) as int? : 1;
        if (repeat is null or < 1 or > 100)
        {
            faults.Add($"{prefix}.repeat is '{map.Children[Keys[0]]}'; allowed: whole numbers in [1, 100].");
        }

        var view = steps.Children.Select((step, index) => Step(step, $"{prefix}.augmentations[{index}]", catalog, faults)).OfType<PluginChoice>().ToList();

        return Enumerable.Repeat(view, Math.Clamp(repeat ?? 1, 1, 100));
    }

    private static PluginChoice? Step(YamlNode step, string prefix, PluginCatalog catalog, ICollection<string> faults)
    {
        var (name, options) = step switch
        {
            YamlScalarNode { Value: { Length: > 0 } only } => (only, null),
            YamlMappingNode { Children.Count: 1 } map when map.Children[0].Value is YamlMappingNode or YamlScalarNode { Value: "" } =>
                (RecipeTree.Text(map.Children[0].Key), map.Children[0].Value as YamlMappingNode),
            _ => ("", null),
        };
        if (name.Length == 0)
        {
            faults.Add($"{prefix}: expected NAME or {{NAME: {{OPTION: VALUE}}}}.");
            return null;
        }

        if (catalog.Find(PluginKind.Augmentation, name, out var fault) is not { } plugin)
        {
            faults.Add($"{prefix}: {fault}");
            return null;
        }

        return PluginChoice.Bind(plugin, options, $"{prefix}.{name}", [], faults);
    }
}
