using System.Runtime.InteropServices;

namespace Parallax.Host.Tracking;

/// <summary>The calls of NVIDIA's management library that are used; every one returns 0 on success.</summary>
internal static class Nvml
{
    /// <summary>Comes with the driver.</summary>
    public const string Library = "libnvidia-ml.so.1";

    /// <summary>Result of a call that worked.</summary>
    public const int Success = 0;

#pragma warning disable SYSLIB1054 // generated marshalling needs unsafe code in the whole host; these calls pass plain numbers
    [DllImport(Library, EntryPoint = "nvmlInit_v2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Initialize();

    [DllImport(Library, EntryPoint = "nvmlShutdown")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Shutdown();

    [DllImport(Library, EntryPoint = "nvmlDeviceGetCount_v2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int GetCount(out uint count);

    [DllImport(Library, EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int GetDevice(uint index, out nint device);

    [DllImport(Library, EntryPoint = "nvmlDeviceGetUtilizationRates")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int GetUtilization(nint device, out UtilizationRates rates);

    [DllImport(Library, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int GetMemory(nint device, out MemoryInfo memory);

    [DllImport(Library, EntryPoint = "nvmlDeviceGetPowerUsage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int GetPower(nint device, out uint milliwatts);

    [DllImport(Library, EntryPoint = "nvmlDeviceGetEnforcedPowerLimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int GetPowerLimit(nint device, out uint milliwatts);
#pragma warning restore SYSLIB1054

    /// <summary>Share of time in percent that something ran, and that memory was read or written.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct UtilizationRates
    {
        public uint Gpu;
        public uint Memory;
    }

    /// <summary>Bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MemoryInfo
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }
}
