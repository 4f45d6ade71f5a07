namespace Parallax.Host.Plugins;

/// <summary>What the metadata of an assembly says about one class with <see cref="PluginAttribute"/>.</summary>
internal sealed record PluginMetadata(string Name, string TypeName, PluginKind? Kind, Version AssemblyVersion)
{
    public string? OptionsTypeName { get; init; }

    public string Preset { get; init; } = "";

    public string Summary { get; init; } = "";

    public string Family { get; init; } = "";

    public string? Taxonomy { get; init; }

    public string? PseudoLabel { get; init; }

    public PaperInfo Paper { get; init; } = PaperInfo.None;

    public IReadOnlyList<string> FormerNames { get; init; } = [];

    /// <summary>What is wrong with the declaration of the class; null when nothing is.</summary>
    public string? Fault { get; init; }
}
