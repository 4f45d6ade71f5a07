using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Parallax.Host.Cli;
using Parallax.Host.Tests.EndToEnd;

namespace Parallax.Host.Tests.Cli;

/// <summary>What a user reads about a command is changed on purpose only.</summary>
public sealed class HelpTests
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "tests", "host", "Cli", "Approved");

    /// <summary>The program's own help, and that of every command and its subcommands.</summary>
    public static TheoryData<string> Commands
    {
        get
        {
            using var services = BuiltPlugins.Compose();

            return [.. services.GetServices<ICliCommand>().Select(command => command.Build()).SelectMany(Lines).Prepend("")];
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_OfACommand_IsApproved(string command)
    {
        using var output = new StringWriter();
        var file = Path.Combine(Folder, FileOf(command));

        var code = await Composition.RunAsync(
            [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"], new(output, TextWriter.Null, isTerminal: false));

        var help = string.Join('\n', output.ToString().ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).TrimEnd('\n') + "\n";
        Assert.Equal(0, code);
        ApprovedFile.Verify(file, help);
    }

    [Fact]
    public void Approved_Files_AreOfCommands()
    {
        Assert.SkipWhen(ApprovedFile.IsWritten, "The files are being written.");

        Assert.Equal(
            Commands.Select(row => FileOf(row.Data)).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static string FileOf(string command) => command.Length == 0 ? "parallax.txt" : $"{command.Replace(' ', '-')}.txt";

    private static IEnumerable<string> Lines(Command command) =>
        command.Subcommands.SelectMany(Lines).Select(line => $"{command.Name} {line}").Prepend(command.Name);
}
