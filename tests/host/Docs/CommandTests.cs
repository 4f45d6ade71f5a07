using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Cli;
using Parallax.Host.Tests.EndToEnd;

namespace Parallax.Host.Tests.Docs;

/// <summary>Commands in the documentation are commands of the program, with options it has.</summary>
public sealed class CommandTests
{
    // What the launcher does itself.
    private static readonly string[] OfLauncher = ["test", "bench"];

    public static TheoryData<string> Commands =>
        [.. Page.All.SelectMany(path => Page.Open(path).Commands).Where(line => !OfLauncher.Contains(line.Split(' ')[0])).Distinct()];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_Shown_IsUnderstood(string line)
    {
        using var services = BuiltPlugins.Compose();
        var root = new Command("parallax");
        services.GetRequiredService<GlobalOptions>().AddTo(root);
        foreach (var command in services.GetServices<ICliCommand>())
        {
            root.Add(command.Build());
        }

        var parsed = root.Parse(line);

        Assert.Empty(parsed.Errors.Select(error => error.Message));
        Assert.NotSame(root, parsed.CommandResult.Command);
    }
}
