namespace Parallax.Torch;

/// <summary>Moves modules between devices and floating-point types; every method returns the module it got.</summary>
public static class ModuleExtensionMethods
{
    /// <summary>Converts floating-point parameters and buffers.</summary>
    public static T to<T>(this T module, ScalarType type, bool non_blocking = false) where T : nn.Module => Convert(module, type, null, non_blocking);

    /// <summary>Moves everything to a device and converts floating-point parameters and buffers.</summary>
    public static T to<T>(this T module, Device device, ScalarType type, bool non_blocking = false) where T : nn.Module =>
        Convert(module, type, device, non_blocking);

    /// <summary>Moves everything to a device.</summary>
    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false) where T : nn.Module =>
        Convert(module, null, new Device(deviceType, deviceIndex), non_blocking);

    /// <summary>Moves everything to a device.</summary>
    public static T to<T>(this T module, Device device, bool non_blocking = false) where T : nn.Module => Convert(module, null, device, non_blocking);

    /// <summary>Moves everything to a device named like <c>cuda:0</c>.</summary>
    public static T to<T>(this T module, string device, bool non_blocking = false) where T : nn.Module =>
        Convert(module, null, new Device(device), non_blocking);

    /// <summary>Takes type and device from a tensor.</summary>
    public static T to<T>(this T module, Tensor other, bool non_blocking = false) where T : nn.Module
    {
        ArgumentNullException.ThrowIfNull(other);
        return Convert(module, other.dtype, other.device, non_blocking);
    }

    /// <summary>Moves everything to the CPU.</summary>
    public static T cpu<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(DeviceType.CPU, -1, non_blocking);

    /// <summary>Moves everything to a CUDA device; -1 is the current one.</summary>
    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : nn.Module =>
        module.to(DeviceType.CUDA, deviceIndex, non_blocking);

    /// <summary>Converts to float16.</summary>
    public static T half<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.Float16, non_blocking);

    /// <summary>Converts to bfloat16.</summary>
    public static T bfloat16<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.BFloat16, non_blocking);

    /// <summary>Converts to float32.</summary>
    public static T @float<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.Float32, non_blocking);

    /// <summary>Converts to float64.</summary>
    public static T @double<T>(this T module, bool non_blocking = false) where T : nn.Module => module.to(ScalarType.Float64, non_blocking);

    private static T Convert<T>(T module, ScalarType? type, Device? device, bool nonBlocking) where T : nn.Module
    {
        ArgumentNullException.ThrowIfNull(module);
        module.Convert(type, device, nonBlocking);
        return module;
    }
}
