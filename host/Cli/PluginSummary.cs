namespace Parallax.Host.Cli;

/// <summary>A plugin as <c>--json</c> shows it.</summary>
internal sealed record PluginSummary(string Kind, string Name, string Summary, string Family, PaperInfo? Paper, string Version, string Assembly)
{
    public static PluginSummary Of(PluginDescriptor plugin) => new(
        plugin.Kind.Noun(), plugin.Name, plugin.Summary, plugin.Family,
        plugin.Paper == PaperInfo.None ? null : plugin.Paper, plugin.Version.ToString(), plugin.File);
}
