using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;

namespace Parallax.Host.Tracking;

/// <summary>Tags that say who started a run, with which program and which state of the sources.</summary>
internal static class SourceTags
{
    private static readonly TimeSpan GitDeadline = TimeSpan.FromSeconds(2);

    /// <summary>The tags; those of git only inside a repository and with git installed.</summary>
    /// <param name="directory">Where to look for a repository.</param>
    public static Dictionary<string, string> Collect(string directory)
    {
        var tags = new Dictionary<string, string>
        {
            [MlflowTags.User] = Environment.UserName,
            ["mlflow.source.name"] = Assembly.GetEntryAssembly()?.GetName().Name ?? "parallax",
            ["mlflow.source.type"] = "LOCAL",
        };
        if (Git(directory, "rev-parse", "HEAD") is not { Length: > 0 } commit)
        {
            return tags;
        }

        tags["mlflow.source.git.commit"] = commit;
        tags["mlflow.source.git.branch"] = Git(directory, "rev-parse", "--abbrev-ref", "HEAD") ?? "HEAD";
        if (Git(directory, "status", "--porcelain", "--untracked-files=no") is { } changes)
        {
            tags["mlflow.source.git.dirty"] = changes.Length > 0 ? "True" : "False";
        }

        return tags;
    }

    private static string? Git(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", directory, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var git = Process.Start(start)!;
            var output = git.StandardOutput.ReadToEndAsync();
            _ = git.StandardError.ReadToEndAsync();
            if (!git.WaitForExit(GitDeadline))
            {
                git.Kill();
                return null;
            }

            return git.ExitCode == 0 ? output.GetAwaiter().GetResult().Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;   // git is not installed
        }
    }
}
