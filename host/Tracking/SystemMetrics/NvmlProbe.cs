using System.Globalization;

namespace Parallax.Host.Tracking;

/// <summary>NVIDIA GPUs, through the management library that comes with their driver.</summary>
internal sealed class NvmlProbe : IMachineProbe
{
    private const double Mega = 1e6;
    private readonly IReadOnlyList<nint> _devices = FindDevices();

    private NvmlProbe()
    {
    }

    /// <summary>Opens the library; null without NVIDIA's driver.</summary>
    public static NvmlProbe? TryOpen()
    {
        try
        {
            return Nvml.Initialize() == Nvml.Success ? new NvmlProbe() : null;
        }
        catch (DllNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, double Value)> Measure() =>
        _devices.SelectMany((device, i) => Measure(device, string.Create(CultureInfo.InvariantCulture, $"gpu_{i}_")));

    /// <inheritdoc/>
    public void Dispose() => _ = Nvml.Shutdown();

    private static IEnumerable<(string, double)> Measure(nint device, string prefix)
    {
        if (Nvml.GetUtilization(device, out var rates) == Nvml.Success)
        {
            yield return (prefix + "utilization_percentage", rates.Gpu);
        }

        if (Nvml.GetMemory(device, out var memory) == Nvml.Success && memory.Total > 0)
        {
            yield return (prefix + "memory_usage_percentage", 100.0 * memory.Used / memory.Total);
            yield return (prefix + "memory_usage_megabytes", memory.Used / Mega);
        }

        if (Nvml.GetPower(device, out var milliwatts) != Nvml.Success)
        {
            yield break;
        }

        yield return (prefix + "power_usage_watts", milliwatts / 1000.0);
        if (Nvml.GetPowerLimit(device, out var limit) == Nvml.Success && limit > 0)
        {
            yield return (prefix + "power_usage_percentage", 100.0 * milliwatts / limit);
        }
    }

    private static List<nint> FindDevices()
    {
        var found = new List<nint>();
        for (var i = 0u; Nvml.GetCount(out var count) == Nvml.Success && i < count; i++)
        {
            if (Nvml.GetDevice(i, out var device) == Nvml.Success)
            {
                found.Add(device);
            }
        }

        return found;
    }
}
