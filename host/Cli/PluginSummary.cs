namespace Parallax.Host.Cli;

/// <summary>A plugin as <c>--json</c> shows it.</summary>
internal sealed record PluginSummary(string Kind, string Name, string Summary, string Family, PaperInfo? Paper, string Version, string Assembly)
{
    /// <summary>Kind of pretext task of a method; null where the survey has no word for it.</summary>
    public string? Taxonomy { get; init; }

    /// <summary>What its pseudo-labels are.</summary>
    public string? PseudoLabel { get; init; }

    public static PluginSummary Of(PluginDescriptor plugin) => new(
        plugin.Kind.Noun(), plugin.Name, plugin.Summary, plugin.Family,
        plugin.Paper == PaperInfo.None ? null : plugin.Paper, plugin.Version.ToString(), plugin.File)
    {
        Taxonomy = plugin.Taxonomy, PseudoLabel = plugin.PseudoLabel,
    };
}
