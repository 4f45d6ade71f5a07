using System.Globalization;

namespace Parallax.Host.Cli;

/// <summary>Looks at the plugin folders.</summary>
internal static class PluginChecks
{
    /// <summary>What was found where, and everything rejected.</summary>
    public static IEnumerable<Finding> Run(PluginCatalog catalog)
    {
        var counts = catalog.Plugins.GroupBy(plugin => plugin.Kind)
            .Select(kind => $"{kind.Count().ToString(CultureInfo.InvariantCulture)} {kind.Key.Plural()}").ToList();
        yield return counts.Count == 0
            ? new("plugins", FindingState.Failed, "none found: build the solution, or name a folder with --plugins")
            : new("plugins", FindingState.Ok, string.Join(", ", counts));
        foreach (var folder in catalog.Folders.Roots.Concat(catalog.Folders.Asked))
        {
            yield return new("plugin folder", FindingState.Ok, Directory.Exists(folder) ? folder : $"{folder} (does not exist)");
        }

        foreach (var rejected in catalog.Rejected)
        {
            yield return new("rejected plugin", FindingState.Warning, $"{(rejected.Name is null ? "" : $"{rejected.Name}: ")}{rejected.Reason} File: "
                + $"{rejected.File}.");
        }
    }
}
