using System.Diagnostics;
using System.Globalization;
using Parallax.Contracts;
using Parallax.Host.Files;

namespace Parallax.Benchmarks.Gate;

/// <summary>Another revision, taken out of the repository into a git worktree of its own and built there. Disposing removes it.</summary>
internal sealed class RevisionBuild : IDisposable
{
    private const string Project = "benchmarks/Parallax.Benchmarks.csproj", Gate = "benchmarks/Gate", Log = ".log";

    private readonly Git _git;
    private readonly string _folder;

    private RevisionBuild(Git git, string folder, string revision)
    {
        (_git, _folder) = (git, folder);
        Program = new(Path.Combine(folder, "artifacts/bin/Parallax.Benchmarks/release/Parallax.Benchmarks.dll"), $"revision {revision}");
    }

    /// <summary>Its program.</summary>
    public MeasuringProgramFile Program { get; }

    /// <summary>Finds a revision's full name, and looks whether it can be compared.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="revision">What the user wrote.</param>
    /// <param name="allowsChanges">Whether files may differ from the last commit.</param>
    /// <exception cref="ConfigurationException">There is no such revision, it has no gate, or files are changed.</exception>
    public static string Resolve(string root, string revision, bool allowsChanges)
    {
        var git = new Git(root);
        _ = git.Run("rev-parse", "--show-toplevel");
        var commit = git.TryRun("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
            ?? throw new ConfigurationException($"--against: '{revision}' is no revision of {root}. Expected a branch, a tag or a commit that 'git log' shows; "
                + "in a shallow clone, fetch it first.");
        if (git.TryRun("cat-file", "-e", $"{commit}:{Gate}") is null)
        {
            throw new ConfigurationException($"--against: revision {revision} ({commit[..12]}) is from before the gate: it has no {Gate}, so its program "
                + "cannot be asked to measure. Take a later revision.");
        }

        var changed = git.Run("status", "--porcelain", "--untracked-files=normal").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (changed.Length > 0 && !allowsChanges)
        {
            throw new ConfigurationException($"--against: {changed.Length} files are changed or new and not committed ({changed[0].Trim()} ...), so the "
                + "result would belong to no revision. Commit or remove them, or add --dirty to measure them as they are.");
        }

        return commit;
    }

    /// <summary>Takes it out and builds it.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="revision">What messages call it.</param>
    /// <param name="commit">Its full name.</param>
    /// <param name="folder">Where worktrees of revisions are made.</param>
    /// <param name="stop">Ends the build.</param>
    /// <exception cref="ConfigurationException">git refuses, or it cannot be built.</exception>
    public static RevisionBuild Make(string root, string revision, string commit, string folder, CancellationToken stop)
    {
        var git = new Git(root);
        RemoveLeftOver(git, folder);
        var worktree = Path.Combine(folder, $"{commit[..12]}-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");
        Directory.CreateDirectory(folder);
        var build = new RevisionBuild(git, worktree, revision);
        try
        {
            git.Run("worktree", "add", "--detach", "--quiet", worktree, commit);
            build.Build(revision, stop);

            return build;
        }
        catch
        {
            build.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _ = _git.TryRun("worktree", "remove", "--force", "--force", _folder);
        TryDelete(_folder);
        _ = _git.TryRun("worktree", "prune");
    }

    /// <summary>Worktrees of gates that were killed, and logs of builds that failed: their process is no more.</summary>
    private static void RemoveLeftOver(Git git, string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var left in Directory.GetDirectories(folder).Where(IsLeftOver))
        {
            new RevisionBuild(git, left, "left over").Dispose();
        }

        foreach (var log in Directory.GetFiles(folder, "*" + Log).Where(log => IsLeftOver(log[..^Log.Length])))
        {
            TryDelete(log);
        }
    }

    private static bool IsLeftOver(string path) => !Directory.Exists($"/proc/{path[(path.LastIndexOf('-') + 1)..]}");

    /// <summary>What cannot be removed stays, and does not hide how the run ended; the next one tries again.</summary>
    private static void TryDelete(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }

            File.Delete(path);
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e))
        {
            // left over
        }
    }

    private void Build(string revision, CancellationToken stop)
    {
        var log = _folder + Log;

        // Its output goes to a file, not to a pipe: compiler servers outlive the build and would keep one open.
        const string command = """exec dotnet build "$1" -c Release -v quiet -nologo -nodeReuse:false >"$2" 2>&1 </dev/null""";
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command, "sh", Path.Combine(_folder, Project), log]))!;
        using var stopping = stop.Register(() => process.Kill(entireProcessTree: true));
        process.WaitForExit();
        if (stop.IsCancellationRequested)
        {
            TryDelete(log);
            stop.ThrowIfCancellationRequested();
        }

        if (process.ExitCode != 0)
        {
            var first = File.ReadLines(log).FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal));
            throw new ConfigurationException(
                $"--against: revision {revision} cannot be built: {first?.Trim() ?? "no error was printed"}. All of it is in {log}.");
        }

        TryDelete(log);
    }
}
