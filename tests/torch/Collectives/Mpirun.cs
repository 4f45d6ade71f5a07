using System.Diagnostics;
using System.Globalization;

namespace Parallax.Torch.Tests.Collectives;

/// <summary>Starts this program several times through mpirun.</summary>
internal static class Mpirun
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);   // only reached when processes hang

    /// <summary>Skips a test where there is no mpirun.</summary>
    public static void Require() => Assert.SkipUnless(IsThere, "mpirun is not installed: run eng/install-mpi.sh.");

    private static bool IsThere { get; } = Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "mpirun")));

    /// <summary>Runs scenarios on all ranks.</summary>
    /// <param name="size">Number of processes.</param>
    /// <param name="folder">Where they report.</param>
    /// <param name="scenarios">Their names.</param>
    public static MpirunResult Run(int size, string folder, IEnumerable<string> scenarios) => Run(
        "mpirun", ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", size.ToString(CultureInfo.InvariantCulture),
            .. Program(folder, scenarios)]);

    /// <summary>The command of one rank.</summary>
    public static string[] Program(string folder, IEnumerable<string> scenarios) =>
        ["dotnet", typeof(Mpirun).Assembly.Location, "--rank", folder, .. scenarios];

    /// <summary>Runs a program to its end.</summary>
    public static MpirunResult Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Longest))
        {
            process.Kill(entireProcessTree: true);
        }

        Task.WaitAll(output, error);
        return new(process.ExitCode, output.Result + error.Result, clock.Elapsed);
    }
}

/// <summary>How an mpirun ended.</summary>
internal sealed record MpirunResult(int ExitCode, string Text, TimeSpan Elapsed);
