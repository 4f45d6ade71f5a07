using System.Globalization;

namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>Where a tensor lives: "cpu", "cuda", "cuda:1", "meta".</summary>
    public sealed class Device : IEquatable<Device>
    {
        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public Device(string deviceType, int index = -1)
        {
            ArgumentNullException.ThrowIfNull(deviceType);
            var colon = deviceType.IndexOf(':', StringComparison.Ordinal);
            var kind = (colon < 0 ? deviceType : deviceType[..colon]).ToLowerInvariant();
            type = kind switch
            {
                "cpu" => DeviceType.CPU,
                "cuda" => DeviceType.CUDA,
                "xpu" => DeviceType.XPU,
                "mps" => DeviceType.MPS,
                "meta" => DeviceType.META,
                _ => throw new ArgumentException($"Unknown device '{deviceType}'. Use cpu, cuda, cuda:N, xpu, mps or meta.", nameof(deviceType)),
            };
            this.index = colon < 0 ? index
                : int.TryParse(deviceType.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed
                : throw new ArgumentException($"The device index of '{deviceType}' is not a number. Write for example {kind}:0.", nameof(deviceType));
        }

        public Device(int index)
            : this(DeviceType.CUDA, index)
        {
        }

        public DeviceType type { get; }

        /// <summary>Number of the device; -1 is the current one of its kind.</summary>
        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public static bool operator ==(Device? left, Device? right) => left is null ? right is null : left.Equals(right);

        public static bool operator !=(Device? left, Device? right) => !(left == right);

        public bool Equals(Device? other) => other is not null && type == other.type && index == other.index;

        public override bool Equals(object? obj) => Equals(obj as Device);

        public override int GetHashCode() => HashCode.Combine(type, index);

        public override string ToString() => type.ToString().ToLowerInvariant() + (index >= 0 ? string.Create(CultureInfo.InvariantCulture, $":{index}") : "");
    }

    public static Device CPU { get; } = new(DeviceType.CPU);

    public static Device CUDA { get; } = new(DeviceType.CUDA);

    public static Device META { get; } = new(DeviceType.META);

    public static Device device(string description) => new(description);

    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static Device device(int index) => new(index);
}
