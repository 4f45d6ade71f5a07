namespace Parallax.Host.Plugins;

/// <summary>Every plugin found at start and every one rejected, with its reason.</summary>
public sealed class PluginCatalog
{
    internal PluginCatalog(PluginFolders folders, IEnumerable<PluginDescriptor> plugins, IReadOnlyList<RejectedPlugin> rejected)
    {
        Folders = folders;
        Plugins = [.. plugins.OrderBy(plugin => plugin.Kind).ThenBy(plugin => plugin.Name, StringComparer.Ordinal)];
        Rejected = rejected;
    }

    /// <summary>Where plugins were looked for.</summary>
    public PluginFolders Folders { get; }

    /// <summary>What can be used, by kind and name.</summary>
    public IReadOnlyList<PluginDescriptor> Plugins { get; }

    /// <summary>What cannot be used. Fatal only to whoever asks for one of these.</summary>
    public IReadOnlyList<RejectedPlugin> Rejected { get; }

    /// <summary>Looks through the folders; reads metadata without loading any plugin.</summary>
    public static PluginCatalog Discover(PluginFolders folders) => PluginDiscovery.Run(folders);

    /// <summary>The plugins of a kind, by name.</summary>
    public IEnumerable<PluginDescriptor> Of(PluginKind kind) => Plugins.Where(plugin => plugin.Kind == kind);

    /// <summary>The plugin of a kind and name.</summary>
    /// <exception cref="ConfigurationException">It was rejected, or there is none of that name: lists the known ones and the nearest.</exception>
    public PluginDescriptor Get(PluginKind kind, string name) =>
        Find(kind, name, out var fault) ?? throw new ConfigurationException(fault!);

    /// <summary>The plugin of a kind and name, or what to tell the user.</summary>
    /// <param name="kind">Kind.</param>
    /// <param name="name">Name in recipes.</param>
    /// <param name="fault">The reason when the result is null.</param>
    public PluginDescriptor? Find(PluginKind kind, string name, out string? fault)
    {
        fault = null;
        if (Of(kind).FirstOrDefault(plugin => plugin.Name == name) is { } found)
        {
            return found;
        }

        var rejected = Rejected.FirstOrDefault(plugin => plugin.Name == name && (plugin.Kind == kind || plugin.Kind is null));
        fault = rejected is not null
            ? $"The {kind.Noun()} '{name}' cannot be used. {rejected.Reason} File: {rejected.File}."
            : Renamed(name, Of(kind)) ?? $"There is no {kind.Noun()} '{name}'.{NearestName.Hint(name, Of(kind).Select(plugin => plugin.Name))} "
                + "More are given with --plugins DIR, or added by 'parallax plugins install NAME'.";

        return null;
    }

    /// <summary>What to tell who writes a name that a plugin had before; null when none had it.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="among">Plugins that could be meant.</param>
    public static string? Renamed(string name, IEnumerable<PluginDescriptor> among) =>
        among.FirstOrDefault(plugin => plugin.FormerNames.Contains(name)) is { } plugin
            ? $"The {plugin.Kind.Noun()} '{name}' is now '{plugin.Name}'. Write {plugin.Name}."
            : null;
}
