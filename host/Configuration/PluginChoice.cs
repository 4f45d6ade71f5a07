using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Configuration;

/// <summary>A plugin with its options, ready to be created.</summary>
/// <param name="Plugin">Which.</param>
/// <param name="Options">Its options record; null when it takes none.</param>
public sealed record PluginChoice(PluginDescriptor Plugin, object? Options)
{
    /// <summary>Name in recipes.</summary>
    public string Name => Plugin.Name;

    /// <summary>The options that the name fixes: no part of a configuration, which has the name.</summary>
    private object? Preset { get; init; }

    /// <summary>The options that it works with, given or fixed by the name; null without options.</summary>
    internal object? Effective => Options ?? Preset;

    /// <summary>A plugin with options given as keys and values, as a <see cref="AugmentationSpec"/> does.</summary>
    /// <exception cref="ConfigurationException">A key is unknown or a value is not allowed.</exception>
    public static PluginChoice From(PluginDescriptor plugin, IReadOnlyDictionary<string, object>? values = null)
    {
        var faults = new List<string>();
        var choice = Bind(plugin, values?.Select(pair => (pair.Key, pair.Value)) ?? [], plugin.Name, [], faults);

        return faults.Count == 0 ? choice : throw new ConfigurationException(faults);
    }

    /// <summary>Creates the plugin.</summary>
    /// <typeparam name="T">Its contract.</typeparam>
    /// <param name="factory">Creates plugins.</param>
    /// <param name="instances">What its constructor may take beside its options and services.</param>
    public T Create<T>(PluginFactory factory, params IReadOnlyList<object> instances)
        where T : class => factory.Create<T>(Plugin, Effective is { } options ? [options, .. instances] : instances);

    /// <summary>The same plugin with some options changed.</summary>
    /// <param name="values">By key, as in <see cref="AugmentationSpec"/>.</param>
    /// <exception cref="ConfigurationException">A key is unknown or a value is not allowed.</exception>
    internal PluginChoice With(IReadOnlyDictionary<string, object> values)
    {
        var kept = OptionsBinder.Entries(Section()).Where(entry => !values.ContainsKey(entry.Key)).ToDictionary(entry => entry.Key, entry => entry.Value);

        return values.Count == 0 ? this : From(Plugin, kept.Concat(values).ToDictionary());
    }

    /// <summary>The options as a section with every key, defaults included; empty for a plugin without options.</summary>
    internal YamlMappingNode Section() => Options is null ? [] : OptionsTree.FromRecord(Options);

    /// <summary>The options whose values are not the defaults, by key, values as in recipes.</summary>
    internal IReadOnlyDictionary<string, string> Unusual()
    {
        var usual = Options is null ? [] : OptionsTree.Flatten(OptionsTree.FromRecord(Activator.CreateInstance(Options.GetType())!)).ToDictionary();

        return OptionsTree.Flatten(Section()).Where(option => usual.GetValueOrDefault(option.Key) != option.Value).ToDictionary();
    }

    /// <summary>The same plugin with some options as they are by default.</summary>
    /// <param name="keys">Of <see cref="Unusual"/>.</param>
    /// <exception cref="ConfigurationException">The others do not fit the defaults.</exception>
    internal PluginChoice Without(IReadOnlyCollection<string> keys) => From(
        Plugin, OptionsBinder.Entries(Section()).Where(entry => !keys.Any(key => key.Split('.')[0] == entry.Key))
            .ToDictionary(entry => entry.Key, entry => entry.Value));

    internal static PluginChoice Bind(
        PluginDescriptor plugin, YamlMappingNode? section, string prefix, IReadOnlyCollection<string> foreign, ICollection<string> faults) =>
        Bind(plugin, OptionsBinder.Entries(section), prefix, foreign, faults);

    private static PluginChoice Bind(
        PluginDescriptor plugin, IEnumerable<(string Key, object Value)> entries, string prefix, IReadOnlyCollection<string> foreign,
        ICollection<string> faults)
    {
        if (MovedOption.Faults(plugin, entries, prefix) is { Count: > 0 } moved)
        {
            foreach (var fault in moved)
            {
                faults.Add(fault);   // what else the section holds may be options of the other plugin
            }

            return new(plugin, null);
        }

        if (plugin.OptionsType is { } type)
        {
            return new(plugin, new OptionsBinder(faults).Bind(type, entries, prefix, foreign));
        }

        foreach (var key in entries.Select(entry => entry.Key).Where(key => !foreign.Contains(key)))
        {
            faults.Add($"{prefix}.{key} is not a known key: the {plugin.Kind.Noun()} '{plugin.Name}' has no options. Remove it.");
        }

        var preset = plugin.PresetType is { } named
            ? new OptionsBinder(faults).Bind(named, RecipeTree.Parse(plugin.Metadata.Preset, $"[Plugin] of '{plugin.Name}'"), plugin.Name)
            : null;

        return new(plugin, null) { Preset = preset };
    }
}
