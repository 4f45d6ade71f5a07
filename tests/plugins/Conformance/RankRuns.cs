using System.Diagnostics;
using System.Globalization;
using Parallax.Host.Distributed;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>Every method trained by one, two and three real processes, once for all tests.</summary>
public sealed class RankRuns : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(9);   // only reached when a process hangs
    private readonly TemporaryFolder _folder = new();

    /// <summary>Trains; the processes of a world at once, one thread each. Where a method fails, they are started again for the rest.</summary>
    public RankRuns()
    {
        Assert.SkipUnless(OpenMpi.Mpirun is not null, "mpirun is not installed: run eng/install-mpi.sh.");
        foreach (var size in Worlds)
        {
            var done = new List<string>();
            while (Run(size, done) is not 0 and var code)
            {
                var ended = Ended(size);
                Assert.True(ended.Count > done.Count, $"{size} processes that train methods ended with exit code {code} (137: killed, mostly because "
                    + "memory ran out).");
                done = ended;
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
        foreach (var other in Enumerable.Range(0, size))
        {
            var fault = Path.Combine(_folder.Path, $"{size}-{other}", method + ".txt");
            Assert.False(File.Exists(fault), File.Exists(fault) ? $"rank {other} of {size}: {File.ReadAllText(fault)}" : null);
        }

        var file = Path.Combine(_folder.Path, $"{size}-{rank}", method);

        return SafeTensors.Load(file + ".safetensors");
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private int Run(int size, IReadOnlyList<string> done)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Path.Combine(AppContext.BaseDirectory, "..", "..", "Parallax.Ranks", configuration, "Parallax.Ranks.dll");
        var start = new ProcessStartInfo("mpirun",
        [
            "--allow-run-as-root", "--map-by", "slot:OVERSUBSCRIBE", "--bind-to", "none", "-n", size.ToString(CultureInfo.InvariantCulture),
            "dotnet", program, ConformanceHost.Plugins, _folder.Path, .. done,
        ]);
        start.Environment["OMP_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var isOver = process.WaitForExit(Longest);
        if (!isOver)
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.True(isOver, $"{size} processes that train methods did not end within {Longest}.");

        return process.ExitCode;
    }

    /// <summary>Methods that failed on one process, or are finished on all.</summary>
    private List<string> Ended(int size)
    {
        var files = Enumerable.Range(0, size).SelectMany(rank => Directory.GetFiles(Path.Combine(_folder.Path, $"{size}-{rank}"))).ToList();

        return
        [
            .. files.Where(file => file.EndsWith(".txt", StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file)).Distinct(),
            .. files.Where(file => file.EndsWith(".safetensors", StringComparison.Ordinal)).GroupBy(file => Path.GetFileNameWithoutExtension(file))
            .Where(group => group.Count() == size).Select(group => group.Key),
        ];
    }
}
