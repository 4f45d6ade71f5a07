namespace Parallax.Host.Plugins;

/// <summary>A plugin, file or folder that cannot be used, and why.</summary>
/// <param name="File">Full path of the assembly or folder.</param>
/// <param name="Reason">What is wrong and what to do, one or two sentences.</param>
public sealed record RejectedPlugin(string File, string Reason)
{
    /// <summary>Kind, when its class implements a contract.</summary>
    public PluginKind? Kind { get; init; }

    /// <summary>Name in recipes, when it could be read.</summary>
    public string? Name { get; init; }
}
