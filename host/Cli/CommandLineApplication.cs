using System.CommandLine;
using System.CommandLine.Help;
using Parallax.Host.Processes;

namespace Parallax.Host.Cli;

/// <summary>Parses a command line, runs the command, and turns what goes wrong into messages and exit codes.</summary>
/// <remarks>0: done. 1: an unexpected error. 2: the user can correct it, each fault is one line. 3: another process of the run is gone. 130: stopped by a
/// signal.</remarks>
internal sealed class CommandLineApplication(
    IEnumerable<ICliCommand> commands, GlobalOptions options, StopSignals signals, CliOutput output, CrashReport crashes)
{
    private static readonly string[] RootExamples = ["parallax demo", "parallax list methods", "parallax train --help"];

    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">What the user typed.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        signals.Listen();
        try
        {
            return await InvokeAsync(arguments, signals.Token);
        }
        catch (ConfigurationException e)
        {
            foreach (var fault in e.Faults)
            {
                output.Error(fault);
            }

            return ExitCodes.UserError;
        }
        catch (Exception e) when (e is not OperationCanceledException && TorchLibrary.Failure is not null)
        {
            output.Error(TorchLibrary.Failure);
            return ExitCodes.UserError;
        }
        catch (OperationCanceledException)
        {
            output.Error("Cancelled.");
            return ExitCodes.Stopped;
        }
#pragma warning disable CA1031 // the outermost place: whatever it is, the user gets one line, the details a file
        catch (Exception e)
#pragma warning restore CA1031
        {
            crashes.Write(e, arguments);
            return ExitCodes.Crash;
        }
    }

    private async Task<int> InvokeAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        var root = BuildRoot();
        var parsed = root.Parse([.. arguments.Select(ExpandHome)]);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExamples)
        {
            return Misspelt(parsed, root);
        }

        options.Read(parsed);

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,   // training has its own way to stop: it writes a checkpoint first
            Output = output.Out,
            Error = output.ErrorOut,
        }, stop);
    }

    // The shell leaves ~ alone behind an option's '='. Values of --set are the recipe's: their keys say what is a path.
    private static string ExpandHome(string argument)
    {
        var start = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) + 1 : 0;

        return UserPath.IsInHome(argument[start..]) ? argument[..start] + UserPath.Expand(argument[start..], argument[..Math.Max(0, start - 1)]) : argument;
    }

    private Command BuildRoot()
    {
        var root = new Command("parallax", "Self-supervised visual learning with plugins.") { new HelpOption(), new VersionOption() };
        options.AddTo(root);
        var examples = new Dictionary<Command, IReadOnlyList<string>> { [root] = RootExamples };
        foreach (var source in commands)
        {
            var command = source.Build();
            root.Add(command);
            foreach (var one in command.Subcommands.Prepend(command))
            {
                examples[one] = source.Examples;
            }
        }

        var help = root.Options.OfType<HelpOption>().Single();
        var usual = (HelpAction)help.Action!;
        usual.MaxWidth = output.IsTerminal ? usual.MaxWidth : int.MaxValue;
        help.Action = new HelpWithExamples(usual, examples);

        return root;
    }

    private int Misspelt(ParseResult parsed, Command root)
    {
        var command = parsed.CommandResult.Command;
        if (command == root && parsed.UnmatchedTokens.FirstOrDefault(token => !token.StartsWith('-')) is { } unknown)
        {
            var shown = root.Subcommands.Where(known => !known.Hidden).Select(known => known.Name);
            output.Error($"There is no command '{unknown}'.{NearestName.Hint(unknown, shown)}");
            return ExitCodes.UserError;
        }

        foreach (var error in parsed.Errors)
        {
            output.Error(error.Message);
        }

        output.Error($"'{PathOf(command)} --help' shows what is expected.");

        return ExitCodes.UserError;
    }

    private static string PathOf(Symbol command) => command.Parents.FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : command.Name;
}
