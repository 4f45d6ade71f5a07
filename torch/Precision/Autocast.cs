namespace Parallax.Torch;

/// <summary>Automatic mixed precision: inside a region, matrix products and convolutions run in a 16-bit type, sensitive operators in float32.</summary>
/// <remarks>
/// Regions belong to a thread. Run the forward pass and the loss inside, the backward pass and the optimizer outside.
/// libtorch's cache of 16-bit casts stays off. A cast made in a pass without gradients would be used again in the next pass, and the weight would get no
/// gradient (pytorch issue 112583); a cast made before an optimizer step would be used after it. Without the cache a weight is cast at each use: for 11 million
/// weights 1.8 ms a pass.
/// </remarks>
public static class Autocast
{
    [ThreadStatic]
    private static Region? _innermost;

    /// <summary>Opens a region.</summary>
    /// <param name="device">CPU or CUDA.</param>
    /// <param name="type">bfloat16 on the CPU; bfloat16 or float16 on CUDA.</param>
    /// <returns>The region; dispose it on the same thread, in reverse order of creation.</returns>
    /// <exception cref="ArgumentException">The device or the type is none of these.</exception>
    public static IDisposable Enter(Device device, ScalarType type)
    {
        ArgumentNullException.ThrowIfNull(device);
        var isAllowed = (device.type, type) is (DeviceType.CPU, ScalarType.BFloat16) or (DeviceType.CUDA, ScalarType.BFloat16 or ScalarType.Float16);
        if (!isAllowed)
        {
            throw new ArgumentException($"Autocast offers bfloat16 on cpu and cuda, and float16 on cuda; {type} on {device.type} came.", nameof(type));
        }

        return new Region(device.type, type, isOn: true);
    }

    /// <summary>Switches mixed precision off until the result is disposed. Without an open region this costs nothing and touches no native code.</summary>
    public static IDisposable Disabled() =>
        _innermost is { IsOn: true } region ? new Region(region.Device, region.Type, isOn: false) : Nothing.Instance;

    private sealed class Region : IDisposable
    {
        private readonly Region? _outer;
        private readonly bool _wasOn;
        private readonly ScalarType _previousType;
        private bool _closed;

        public Region(DeviceType device, ScalarType type, bool isOn)
        {
            (Device, Type, IsOn) = (device, type, isOn);
            _outer = _innermost;
            (_wasOn, _previousType) = (AutocastState.IsEnabled(device), AutocastState.TypeOf(device));
            if (isOn)
            {
                AutocastState.SetType(device, type);
            }

            AutocastState.SetEnabled(device, isOn);
            AutocastState.SetCache(false);
            _innermost = this;
        }

        public DeviceType Device { get; }

        public ScalarType Type { get; }

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
            AutocastState.SetEnabled(Device, _wasOn);
            AutocastState.SetType(Device, _previousType);
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
