using System.CommandLine;
using Parallax.Host.Packages;
using Parallax.Host.Processes;

namespace Parallax.Host.Cli;

/// <summary><c>parallax plugins</c>: plugins from packages, in the user's plugin folder.</summary>
internal sealed class PluginsCommand(Lazy<PluginPackages> packages, CliOutput output) : ICliCommand
{
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON.", Recursive = true };

    public IReadOnlyList<string> Examples =>
    [
        "parallax plugins install my-method", "parallax plugins install my-method --source ./my-method/package --version 0.1.0",
        "parallax plugins install my-method.0.1.0.nupkg", "parallax plugins list", "parallax plugins remove my-method",
    ];

    public Command Build()
    {
        var list = new Command("list", "Show what is in the user's plugin folder.");
        list.SetAction(parsed => List(parsed.GetValue(_json)));
        var command = new Command("plugins", "Install plugins from NuGet packages, list and remove them.") { _json, list };
        command.SetAction(parsed => List(parsed.GetValue(_json)));
        command.Add(BuildInstall());
        command.Add(BuildRemove());

        return command;
    }

    private Command BuildInstall()
    {
        var name = new Argument<string>("PACKAGE") { Description = "Name of the package, or its file." };
        var source = new Option<string?>("--source")
        {
            Description = "A feed, a folder of packages, or the file of the package; else the feeds of 'dotnet nuget list source'.", HelpName = "FEED|FILE",
        };
        var version = new Option<string?>("--version") { Description = "The version; else the newest.", HelpName = "V" };
        var install = new Command("install", "Install the plugins of a NuGet package, with what they need. No code of it is run.") { name, source, version };
        install.SetAction(async (parsed, cancellation) =>
        {
            var brought = await packages.Value.InstallAsync(
                parsed.GetRequiredValue(name), parsed.GetValue(source), parsed.GetValue(version), cancellation);
            if (parsed.GetValue(_json))
            {
                output.Json(brought.Select(PluginSummary.Of));
            }
            else
            {
                output.Table(["kind", "name", "what it does", "file"],
                    brought.Select(plugin => (string[])[plugin.Kind.Noun(), plugin.Name, plugin.Summary, plugin.File]));
            }

            return ExitCodes.Done;
        });

        return install;
    }

    private Command BuildRemove()
    {
        var name = new Argument<string>("PACKAGE") { Description = "Name of the package." };
        var remove = new Command("remove", "Remove the plugins of a package.") { name };
        remove.SetAction(parsed =>
        {
            output.Line($"removed\t{PluginPackages.Remove(parsed.GetRequiredValue(name))}");
            return ExitCodes.Done;
        });

        return remove;
    }

    private int List(bool json)
    {
        var rows = PluginPackages.Installed().Select(one => (one.Folder, one.Package, Found: PluginCatalog.Discover(new([], [one.Folder])))).ToList();
        if (json)
        {
            output.Json(rows.Select(row => new
            {
                row.Folder,
                row.Package,
                Plugins = row.Found.Plugins.Select(PluginSummary.Of),
                Rejected = row.Found.Rejected.Select(rejected => $"{rejected.Name ?? rejected.File}: {rejected.Reason}"),
            }));

            return ExitCodes.Done;
        }

        output.Table(["package", "version", "plugins", "folder"], rows.Select(row => (string[])
        [
            row.Package?.Id ?? "(by hand)", row.Package?.Version ?? "",
            string.Join(", ", row.Found.Plugins.Select(plugin => $"{plugin.Kind.Noun()} {plugin.Name}")), row.Folder,
        ]));
        foreach (var rejected in rows.SelectMany(row => row.Found.Rejected))
        {
            output.Error($"rejected: {rejected.Name ?? rejected.File}: {rejected.Reason}");
        }

        if (rows.Count == 0)
        {
            output.Error("No plugins are installed for this user; 'parallax list' shows those that come with the program.");
        }

        return ExitCodes.Done;
    }
}
