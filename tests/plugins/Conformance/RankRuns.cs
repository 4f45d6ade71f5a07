using System.Diagnostics;
using System.Globalization;
using Parallax.Engine;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>Every method trained by one, two and three real processes, once for all tests.</summary>
public sealed class RankRuns : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(9);   // only reached when a process hangs
    private readonly TemporaryFolder _folder = new();

    /// <summary>Trains; all processes at once, one thread each.</summary>
    public RankRuns()
    {
        List<Process> running = [.. Worlds.SelectMany(size => Enumerable.Range(0, size).Select(rank => Start(rank, size)))];
        foreach (var process in running)
        {
            if (!process.WaitForExit(Longest))
            {
                running.ForEach(p => p.Kill());
                throw new TimeoutException($"A process that trains methods did not end within {Longest}.");
            }

            Assert.Equal(0, process.ExitCode);
            process.Dispose();
        }
    }

    /// <summary>Optimizer steps of each training.</summary>
    public const int Steps = 5;

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
