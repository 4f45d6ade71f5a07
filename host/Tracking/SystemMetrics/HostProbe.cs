using System.Globalization;

namespace Parallax.Host.Tracking;

/// <summary>Processor, memory, disk and network, from Linux's <c>/proc</c>; elsewhere only what .NET knows. A megabyte is 10^6 bytes.</summary>
internal sealed class HostProbe : IMachineProbe
{
    private const double Mega = 1e6;
    private readonly string _proc;
    private readonly string _directory;
    private readonly (long Received, long Sent)? _networkAtStart;
    private ProcessorTicks? _lastProcessor;

    /// <summary>Begins to count.</summary>
    /// <param name="proc">The folder <c>/proc</c>.</param>
    /// <param name="directory">A folder on the disk to measure.</param>
    public HostProbe(string proc, string directory)
    {
        _proc = proc;
        _directory = directory;
        _lastProcessor = ProcessorTicks.Read(_proc);
        _networkAtStart = ReadNetwork();
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, double Value)> Measure() => Processor().Concat(Memory()).Concat(Disk()).Concat(Network());

    private IEnumerable<(string, double)> Processor()
    {
        var now = ProcessorTicks.Read(_proc);
        if (now is { } current && _lastProcessor is { } last && current.Total > last.Total)
        {
            yield return ("cpu_utilization_percentage", 100.0 * (current.Busy - last.Busy) / (current.Total - last.Total));
        }

        _lastProcessor = now;
    }

    private IEnumerable<(string, double)> Memory()
    {
        var values = Lines("meminfo").Select(l => l.Split(':', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1].Trim().Split(' ')[0]);
        if (values.TryGetValue("MemTotal", out var total) && values.TryGetValue("MemAvailable", out var available))
        {
            var all = Number(total) * 1024;
            var used = all - (Number(available) * 1024);
            yield return ("system_memory_usage_megabytes", used / Mega);
            yield return ("system_memory_usage_percentage", 100.0 * used / all);
        }
    }

    private IEnumerable<(string, double)> Disk()
    {
        var drive = new DriveInfo(_directory);
        if (drive is { IsReady: true, TotalSize: > 0 })
        {
            var used = drive.TotalSize - drive.TotalFreeSpace;
            yield return ("disk_usage_percentage", 100.0 * used / drive.TotalSize);
            yield return ("disk_usage_megabytes", used / Mega);
            yield return ("disk_available_megabytes", drive.AvailableFreeSpace / Mega);
        }
    }

    private IEnumerable<(string, double)> Network()
    {
        if (_networkAtStart is { } start && ReadNetwork() is { } now)
        {
            yield return ("network_receive_megabytes", (now.Received - start.Received) / Mega);
            yield return ("network_transmit_megabytes", (now.Sent - start.Sent) / Mega);
        }
    }

    private (long Received, long Sent)? ReadNetwork()
    {
        var interfaces = Lines("net/dev").Select(l => l.Split(':', 2)).Where(p => p.Length == 2 && p[0].Trim() != "lo").ToList();
        if (interfaces.Count == 0)
        {
            return null;
        }

        var counters = interfaces.Select(p => p[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        return (counters.Sum(c => Number(c[0])), counters.Sum(c => Number(c[8])));
    }

    private string[] Lines(string file)
    {
        var path = Path.Combine(_proc, file);
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
