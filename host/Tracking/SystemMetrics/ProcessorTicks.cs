using System.Globalization;

namespace Parallax.Host.Tracking;

/// <summary>Time of all cores of the machine since it started, in the kernel's ticks.</summary>
/// <param name="Busy">Time that they worked, for whomever; what a hypervisor gave to others counts.</param>
/// <param name="Total">All of it.</param>
internal readonly record struct ProcessorTicks(long Busy, long Total)
{
    /// <summary>Reads them; null where the kernel does not tell.</summary>
    /// <param name="proc">The folder <c>/proc</c>.</param>
    public static ProcessorTicks? Read(string proc = "/proc")
    {
        // cpu  user nice system idle iowait irq softirq steal ...
        var path = Path.Combine(proc, "stat");
        if (!File.Exists(path) || File.ReadLines(path).FirstOrDefault() is not { } line || !line.StartsWith("cpu ", StringComparison.Ordinal))
        {
            return null;
        }

        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8);
        var ticks = fields.Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var total = ticks.Sum();

        return new(total - ticks[3] - ticks[4], total);
    }
}
