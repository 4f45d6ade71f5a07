using System.Diagnostics;
using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>What a machine and one process on it have used of its processor.</summary>
/// <param name="Time">When, since some moment.</param>
/// <param name="Machine">Ticks of all cores.</param>
/// <param name="Own">Time of all threads of the process.</param>
internal readonly record struct ProcessorUse(TimeSpan Time, ProcessorTicks Machine, TimeSpan Own)
{
    /// <summary>Other programs matter when the machine is busy to this share, and they have at least that share of it.</summary>
    private const double Busy = 0.9, Others = 0.15;

    private const double TicksPerSecond = 100;   // of Linux, whatever its clock

    /// <summary>Reads it for this process; null where the kernel does not tell.</summary>
    public static ProcessorUse? Read()
    {
        using var process = Process.GetCurrentProcess();

        return ProcessorTicks.Read() is { } machine ? new(Stopwatch.GetElapsedTime(0), machine, process.TotalProcessorTime) : null;
    }

    /// <summary>Whether other programs took enough of the machine to slow this one down.</summary>
    /// <param name="use">What <see cref="Since"/> gives.</param>
    public static bool IsShared((double Cores, double MachineShare, double OthersShare) use) => use.MachineShare >= Busy && use.OthersShare >= Others;

    /// <summary>The use between two moments: cores of the machine, the share of them that was busy, and the share that other programs had.</summary>
    public (double Cores, double MachineShare, double OthersShare) Since(ProcessorUse before)
    {
        var (wall, total) = ((Time - before.Time).TotalSeconds, Math.Max(1, Machine.Total - before.Machine.Total) / TicksPerSecond);
        var (busy, own) = ((Machine.Busy - before.Machine.Busy) / TicksPerSecond, (Own - before.Own).TotalSeconds);

        return (total / Math.Max(wall, 1e-9), busy / total, Math.Max(0, busy - own) / total);
    }
}
