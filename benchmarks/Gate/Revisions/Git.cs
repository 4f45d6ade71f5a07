using System.ComponentModel;
using System.Diagnostics;
using Parallax.Contracts;

namespace Parallax.Benchmarks.Gate;

/// <summary>Calls git in the repository.</summary>
/// <param name="folder">A folder of the repository.</param>
internal sealed class Git(string folder)
{
    /// <summary>What git prints.</summary>
    /// <exception cref="ConfigurationException">git is missing, or refuses.</exception>
    public string Run(params string[] arguments)
    {
        var (exitCode, output, error) = Start(arguments);

        return exitCode == 0 ? output.TrimEnd() : throw new ConfigurationException($"git {string.Join(' ', arguments)} failed in {folder}: {FirstLine(error)}");
    }

    /// <summary>What git prints; null where it refuses, or is not there.</summary>
    public string? TryRun(params string[] arguments)
    {
        try
        {
            return Start(arguments) is (0, var output, _) ? output.TrimEnd() : null;
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }

    private (int ExitCode, string Output, string Error) Start(string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var git = Process.Start(start)!;
            var error = git.StandardError.ReadToEndAsync();
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();

            return (git.ExitCode, output, error.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            throw new ConfigurationException("git is not installed, and --against needs it to take a revision out of the repository. Install git.");
        }
    }

    private static string FirstLine(string text) => text.Split('\n')[0].Trim();
}
