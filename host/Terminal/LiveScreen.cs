using Spectre.Console;

namespace Parallax.Host.Terminal;

/// <summary>The terminal at the standard error, where lines of it can be drawn anew.</summary>
internal static class LiveScreen
{
    /// <summary>Finds it.</summary>
    /// <param name="variable">Gives the value of an environment variable.</param>
    /// <returns>Null in a build server's log, and on a terminal that only writes.</returns>
    public static IAnsiConsole? Find(Func<string, string?> variable)
    {
        if (!CanBeDrawnOn(variable))
        {
            return null;
        }

        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) });   // without colours where NO_COLOR is set

        return console.Profile.Capabilities is { Ansi: true, Interactive: true } ? console : null;
    }

    /// <summary>Whether the environment speaks against it.</summary>
    internal static bool CanBeDrawnOn(Func<string, string?> variable) =>
        string.IsNullOrEmpty(variable("CI")) && variable("TERM") is { Length: > 0 } and not "dumb";
}
