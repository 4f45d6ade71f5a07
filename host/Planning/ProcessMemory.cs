using System.Globalization;

namespace Parallax.Host.Planning;

/// <summary>Memory of this process and of the machine in bytes, from Linux's <c>/proc</c>.</summary>
/// <param name="proc">The folder <c>/proc</c>.</param>
internal sealed class ProcessMemory(string proc)
{
    private const long Kibi = 1024;

    /// <summary>What the process holds now.</summary>
    public long Resident => Read("self/status", "VmRSS");

    /// <summary>The most it has held since <see cref="ResetPeak"/>.</summary>
    public long Peak => Read("self/status", "VmHWM");

    /// <summary>What the machine could give beside that, without swapping; not more than a limit of the container leaves.</summary>
    /// <remarks>Of a container's limit .NET counts three quarters unless it is told otherwise, so the memory is rather more than this.</remarks>
    public long Available => Math.Min(Read("meminfo", "MemAvailable"), Math.Max(0, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Resident));

    /// <summary>Begins to look for the peak anew; where the system refuses, it stays that of the whole life of the process.</summary>
    public void ResetPeak()
    {
        try
        {
            File.WriteAllText(Path.Combine(proc, "self/clear_refs"), "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A system that protects the file: a process that has done little else has its peak in these steps too.
        }
    }

    private long Read(string file, string name)
    {
        var line = File.ReadLines(Path.Combine(proc, file)).First(line => line.StartsWith(name + ":", StringComparison.Ordinal));

        return long.Parse(line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * Kibi;
    }
}
