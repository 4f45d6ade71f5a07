using System.CommandLine;

namespace Parallax.Host.Cli;

/// <summary><c>parallax doctor</c>: what this machine and installation offer, and what is wrong with them.</summary>
internal sealed class DoctorCommand(Lazy<PluginCatalog> catalog, CliOutput output) : ICliCommand
{
    public IReadOnlyList<string> Examples => ["parallax doctor", "parallax doctor --json", "LIBTORCH=/opt/libtorch parallax doctor"];

    public Command Build()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("doctor", "Show libtorch, CPU, GPU, plugins, tracking and disk, and what is wrong with them.") { json };
        command.SetAction((parsed, cancellation) => Examine(parsed.GetValue(json), cancellation));

        return command;
    }

    private async Task<int> Examine(bool json, CancellationToken cancellation)
    {
        List<Finding> findings = [.. TorchChecks.Run(), .. PluginChecks.Run(catalog.Value), .. await EnvironmentChecks.Run(cancellation)];
        if (json)
        {
            output.Json(findings);
        }
        else
        {
            output.Table(["", "subject", "found"], findings.Select(finding => (string[])[Word(finding.State), finding.Subject, finding.Detail]), whole: 2);
        }

        return findings.Any(finding => finding.State == FindingState.Failed) ? 1 : 0;
    }

    private static string Word(FindingState state) => state switch
    {
        FindingState.Ok => "ok",
        FindingState.Warning => "warning",
        _ => "failed",
    };
}
