using System.Diagnostics;
using System.Globalization;
using Parallax.Engine;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>Every method trained by one, two and three real processes, once for all tests.</summary>
public sealed class RankRuns : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(9);   // only reached when a process hangs
    private readonly TemporaryFolder _folder = new();

    /// <summary>Trains; the processes of a world at once, one thread each.</summary>
    public RankRuns()
    {
        foreach (var size in Worlds)
        {
            List<Process> running = [.. Enumerable.Range(0, size).Select(rank => Start(rank, size))];
            try
            {
                Assert.All(running, process => Assert.True(process.WaitForExit(Longest), $"One of {size} processes that train methods did not end within {Longest}."));
                Assert.All(running, process => Assert.True(process.ExitCode == 0, $"One of {size} processes that train methods ended with exit code {process.ExitCode} (137: killed, mostly because memory ran out)."));
            }
            finally
            {
                running.ForEach(process =>
                {
                    process.Kill();
                    process.Dispose();
                });
            }
        }
    }

    /// <summary>Optimizer steps of each training.</summary>
    public const int Steps = 3;

    /// <summary>Numbers of processes.</summary>
    public static int[] Worlds => [1, 2, 3];

    /// <summary>What a process holds after training: losses, gradients of the first step, state.</summary>
    internal Dictionary<string, Tensor> Read(string method, int size, int rank)
    {
        var file = Path.Combine(_folder.Path, $"{size}-{rank}", method);
        Assert.False(File.Exists(file + ".txt"), File.Exists(file + ".txt") ? $"rank {rank} of {size}: {File.ReadAllText(file + ".txt")}" : null);

        return SafeTensors.Load(file + ".safetensors");
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private Process Start(int rank, int size)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Path.Combine(AppContext.BaseDirectory, "..", "..", "Parallax.Ranks", configuration, "Parallax.Ranks.dll");
        var start = new ProcessStartInfo("dotnet", [program, Text(rank), Text(size), ConformanceHost.Plugins, _folder.Path]);
        start.Environment["OMP_NUM_THREADS"] = "1";

        return Process.Start(start)!;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
