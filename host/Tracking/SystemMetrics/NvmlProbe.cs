using System.Globalization;
using System.Runtime.InteropServices;

namespace Parallax.Host.Tracking;

/// <summary>NVIDIA GPUs, through the management library (NVML) that comes with their driver. Every call of it returns 0 on success.</summary>
internal sealed partial class NvmlProbe : IMachineProbe, IDisposable
{
    private const string Library = "libnvidia-ml.so.1";
    private const int Success = 0;
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
            return Initialize() == Success ? new NvmlProbe() : null;
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
    public void Dispose() => _ = Shutdown();

    private static IEnumerable<(string, double)> Measure(nint device, string prefix)
    {
        if (GetUtilization(device, out var rates) == Success)
        {
            yield return (prefix + "utilization_percentage", rates.Gpu);
        }

        if (GetMemory(device, out var memory) == Success && memory.Total > 0)
        {
            yield return (prefix + "memory_usage_percentage", 100.0 * memory.Used / memory.Total);
            yield return (prefix + "memory_usage_megabytes", memory.Used / Mega);
        }

        if (GetPower(device, out var milliwatts) != Success)
        {
            yield break;
        }

        yield return (prefix + "power_usage_watts", milliwatts / 1000.0);
        if (GetPowerLimit(device, out var limit) == Success && limit > 0)
        {
            yield return (prefix + "power_usage_percentage", 100.0 * milliwatts / limit);
        }
    }

    private static List<nint> FindDevices()
    {
        var found = new List<nint>();
        for (var i = 0u; GetCount(out var count) == Success && i < count; i++)
        {
            if (GetDevice(i, out var device) == Success)
            {
                found.Add(device);
            }
        }

        return found;
    }

    [LibraryImport(Library, EntryPoint = "nvmlInit_v2")]
    private static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "nvmlShutdown")]
    private static partial int Shutdown();

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetCount_v2")]
    private static partial int GetCount(out uint count);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    private static partial int GetDevice(uint index, out nint device);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetUtilizationRates")]
    private static partial int GetUtilization(nint device, out UtilizationRates rates);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    private static partial int GetMemory(nint device, out MemoryInfo memory);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetPowerUsage")]
    private static partial int GetPower(nint device, out uint milliwatts);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetEnforcedPowerLimit")]
    private static partial int GetPowerLimit(nint device, out uint milliwatts);

    /// <summary>Shares of time in percent: something ran; memory was read or written.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct UtilizationRates(uint Gpu, uint Memory);

    /// <summary>Bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct MemoryInfo(ulong Total, ulong Free, ulong Used);
}
