using System.CommandLine;
using System.Reflection;
using Parallax.Host.Processes;

namespace Parallax.Host.Cli;

/// <summary><c>parallax completion</c>: a script by which a shell completes command lines. It asks <see cref="CompleteCommand"/> at each press of the
/// key.</summary>
internal sealed class CompletionCommand(CliOutput output) : ICliCommand
{
    private const string Folder = "completion/", Suffix = ".txt";

    private static readonly string[] Shells = ["bash", "fish", "zsh"];

    public IReadOnlyList<string> Examples =>
    [
        "parallax completion bash > ~/.local/share/bash-completion/completions/parallax",
        "parallax completion zsh > ~/.zfunc/_parallax",
        "parallax completion fish > ~/.config/fish/completions/parallax.fish",
    ];

    public Command Build()
    {
        var shell = new Argument<string>("SHELL") { Description = "The shell that shall complete." };
        shell.AcceptOnlyFromAmong(Shells);
        var command = new Command("completion", "Print a script that lets a shell complete commands, options, recipes, runs and plugins.") { shell };
        command.SetAction(parsed =>
        {
            output.Out.Write(Script(parsed.GetRequiredValue(shell)));
            return ExitCodes.Done;
        });

        return command;
    }

    private static string Script(string shell)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Folder + shell + Suffix)!);

        return reader.ReadToEnd();
    }
}
