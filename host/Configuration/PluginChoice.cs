using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Configuration;

/// <summary>A plugin with its options, ready to be created.</summary>
/// <param name="Plugin">Which.</param>
/// <param name="Options">Its options record; null when it takes none.</param>
public sealed record PluginChoice(PluginDescriptor Plugin, object? Options)
{
    /// <summary>Name in recipes.</summary>
    public string Name => Plugin.Name;

    /// <summary>A plugin with options given as keys and values, as a <see cref="AugmentationSpec"/> does.</summary>
    /// <exception cref="ConfigurationException">A key is unknown or a value is not allowed.</exception>
    public static PluginChoice From(PluginDescriptor plugin, IReadOnlyDictionary<string, object>? values = null)
    {
        var faults = new List<string>();
        var choice = Bind(plugin, (YamlMappingNode)OptionsTree.FromValue(values ?? new Dictionary<string, object>()), plugin.Name, [], faults);

        return faults.Count == 0 ? choice : throw new ConfigurationException(faults);
    }

    /// <summary>Creates the plugin.</summary>
    /// <typeparam name="T">Its contract.</typeparam>
    /// <param name="factory">Creates plugins.</param>
    /// <param name="instances">What its constructor may take beside its options and services.</param>
    public T Create<T>(PluginFactory factory, params IReadOnlyList<object> instances)
        where T : class => factory.Create<T>(Plugin, Options is null ? instances : [Options, .. instances]);

    internal static PluginChoice Bind(
        PluginDescriptor plugin, YamlMappingNode? section, string prefix, IReadOnlyCollection<string> foreign, ICollection<string> faults)
    {
        if (MovedOption.Faults(plugin, section, prefix) is { Count: > 0 } moved)
        {
            foreach (var fault in moved)
            {
                faults.Add(fault);   // what else the section holds may be options of the other plugin
            }

            return new(plugin, null);
        }

        if (plugin.OptionsType is { } type)
        {
            return new(plugin, new OptionsBinder(faults).Bind(type, section, prefix, foreign));
        }

        foreach (var key in (section ?? []).Children.Keys.Select(RecipeTree.Text).Where(key => !foreign.Contains(key)))
        {
            faults.Add($"{prefix}.{key} is not a known key: the {plugin.Kind.Noun()} '{plugin.Name}' has no options. Remove it.");
        }

        return new(plugin, null);
    }
}
