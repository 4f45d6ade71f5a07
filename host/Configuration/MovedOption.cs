using System.Reflection;
using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Configuration;

/// <summary>Options of a plugin whose values became plugins of their own, as <see cref="MovedAttribute"/> declares them.</summary>
internal static class MovedOption
{
    /// <summary>What to tell about the section of a plugin that still gives such options; empty when it gives none.</summary>
    /// <param name="plugin">The plugin that the section names.</param>
    /// <param name="section">The section; null when the recipe has none.</param>
    /// <param name="prefix">Full key of the section.</param>
    public static IReadOnlyList<string> Faults(PluginDescriptor plugin, YamlMappingNode? section, string prefix) =>
    [
        .. from moved in plugin.Type.GetCustomAttributes<MovedAttribute>()
           where RecipeTree.Child(section, moved.Key) is YamlScalarNode given && given.Value == moved.Value
           let given = $"{prefix}.{moved.Key}: {moved.Value}"
           select moved.Name == plugin.Name
               ? $"{given} is what the {plugin.Kind.Noun()} '{plugin.Name}' is without it. Remove {moved.Key}."
               : $"{given} is now the {plugin.Kind.Noun()} '{moved.Name}'. Write name: {moved.Name} and remove {moved.Key}.",
    ];

    /// <summary>The same for who reads what a plugin takes: a line per option and value.</summary>
    public static IEnumerable<string> Lines(PluginDescriptor plugin) =>
        plugin.Type.GetCustomAttributes<MovedAttribute>().Where(moved => moved.Name != plugin.Name)
            .Select(moved => $"{moved.Key}: {moved.Value} is now the {plugin.Kind.Noun()} '{moved.Name}'.");
}
