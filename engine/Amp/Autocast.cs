namespace Parallax.Engine;

/// <summary>Automatic mixed precision: inside a region, matrix products and convolutions run in a 16-bit type, sensitive operators in float32.</summary>
/// <remarks>
/// Regions belong to a thread. Run the forward pass and the loss inside, the backward pass and the optimizer outside.
/// libtorch caches the 16-bit casts of weights within a region. The cache would lose gradients when a pass without gradients comes first, and would go stale
/// when a weight changes in place; it is therefore cleared whenever the gradient mode changes and after every optimizer and momentum step.
/// Own in-place changes of weights inside a region need <see cref="ClearCache"/>.
/// </remarks>
public static class Autocast
{
    [ThreadStatic]
    private static Region? _innermost;

    /// <summary>Whether a region is open on this thread and switched on.</summary>
    public static bool IsEnabled => _innermost is { IsOn: true };

    /// <summary>Opens a region.</summary>
    /// <param name="device">CPU or CUDA.</param>
    /// <param name="type">bfloat16 on the CPU; bfloat16 or float16 on CUDA.</param>
    /// <returns>The region; dispose it on the same thread, in reverse order of creation.</returns>
    /// <exception cref="ArgumentException">The device or the type is none of these.</exception>
    public static IDisposable Enter(Device device, torch.ScalarType type)
    {
        ArgumentNullException.ThrowIfNull(device);
        var isAllowed = (device.type, type) is (DeviceType.CPU, torch.ScalarType.BFloat16) or (DeviceType.CUDA, torch.ScalarType.BFloat16 or torch.ScalarType.Float16);
        if (!isAllowed)
        {
            throw new ArgumentException($"Autocast offers bfloat16 on cpu and cuda, and float16 on cuda; {type} on {device.type} came.", nameof(type));
        }

        return new Region(device.type, type, isOn: true);
    }

    /// <summary>Switches mixed precision off until the result is disposed. Without an open region this costs nothing and touches no native code.</summary>
    public static IDisposable Disabled() =>
        _innermost is { IsOn: true } region ? new Region(region.Device, region.Type, isOn: false) : Nothing.Instance;

    /// <summary>Forgets cached casts of weights, as needed after weights changed in place. Without an open region this costs nothing.</summary>
    public static void ClearCache()
    {
        if (_innermost is not null)
        {
            Native.Check(Native.px_autocast_clear_cache(), "autocast clear_cache");
        }
    }

    private sealed class Region : IDisposable
    {
        private readonly Region? _outer;
        private readonly bool _wasOn;
        private readonly int _previousType;
        private bool _closed;

        public Region(DeviceType device, torch.ScalarType type, bool isOn)
        {
            (Device, Type, IsOn) = (device, type, isOn);
            _outer = _innermost;
            (_wasOn, _previousType) = Read(device);
            if (isOn)
            {
                Native.Check(Native.px_autocast_set_dtype((int)device, (int)type), "autocast set_dtype");
            }

            Native.Check(Native.px_autocast_set_enabled((int)device, isOn ? 1 : 0), "autocast set_enabled");
            _ = Native.px_autocast_enter();
            _innermost = this;
        }

        public DeviceType Device { get; }

        public torch.ScalarType Type { get; }

        public bool IsOn { get; }

        public void Dispose()
        {
            if (_closed)
            {
                return;
            }

            if (_innermost != this)
            {
                throw new InvalidOperationException("An autocast region must be closed on the thread that opened it, the innermost first.");
            }

            _closed = true;
            _innermost = _outer;
            _ = Native.px_autocast_leave();
            Native.Check(Native.px_autocast_set_enabled((int)Device, _wasOn ? 1 : 0), "autocast set_enabled");
            Native.Check(Native.px_autocast_set_dtype((int)Device, _previousType), "autocast set_dtype");
        }

        private static unsafe (bool IsOn, int Type) Read(DeviceType device)
        {
            int isOn, type;
            Native.Check(Native.px_autocast_enabled((int)device, &isOn), "autocast enabled");
            Native.Check(Native.px_autocast_dtype((int)device, &type), "autocast dtype");
            return (isOn != 0, type);
        }
    }

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Instance = new();

        public void Dispose()
        {
        }
    }
}
