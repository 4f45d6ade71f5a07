using System.CommandLine;

namespace Parallax.Host.Cli;

/// <summary>Options of every command.</summary>
public sealed class GlobalOptions
{
    private readonly Option<string[]> _plugins = new("--plugins")
    {
        Description = "A further plugin folder, or a folder of them. May be given several times.",
        HelpName = "DIR",
        Recursive = true,
    };

    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show details, and where an unexpected error came from.", Recursive = true };

    /// <summary>Whether details are shown.</summary>
    public bool Verbose { get; private set; }

    /// <summary>Whether only warnings and errors are shown: this is one of several processes, and another one tells the rest.</summary>
    public bool Quiet { get; internal set; }

    /// <summary>Where plugins are looked for.</summary>
    public PluginFolders PluginFolders { get; private set; } = PluginFolders.Default([]);

    internal void AddTo(Command root)
    {
        root.Add(_plugins);
        root.Add(_verbose);
    }

    internal void Read(ParseResult result)
    {
        Verbose = result.GetValue(_verbose);
        PluginFolders = PluginFolders.Default(result.GetValue(_plugins) ?? []);
    }
}
