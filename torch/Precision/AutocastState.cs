namespace Parallax.Torch;

/// <summary>libtorch's switches of mixed precision, which are per thread and device.</summary>
internal static unsafe class AutocastState
{
    private static readonly delegate* unmanaged<sbyte, byte, void> SetEnabledCall =
        (delegate* unmanaged<sbyte, byte, void>)Exports.Address(Exports.SetAutocastEnabled);
    private static readonly delegate* unmanaged<sbyte, byte> IsEnabledCall = (delegate* unmanaged<sbyte, byte>)Exports.Address(Exports.IsAutocastEnabled);
    private static readonly delegate* unmanaged<sbyte, sbyte, void> SetTypeCall =
        (delegate* unmanaged<sbyte, sbyte, void>)Exports.Address(Exports.SetAutocastType);
    private static readonly delegate* unmanaged<sbyte, sbyte> GetTypeCall = (delegate* unmanaged<sbyte, sbyte>)Exports.Address(Exports.GetAutocastType);
    private static readonly delegate* unmanaged<byte, void> SetCacheCall = (delegate* unmanaged<byte, void>)Exports.Address(Exports.SetAutocastCache);

    public static bool IsEnabled(DeviceType device) => IsEnabledCall((sbyte)device) != 0;

    public static void SetEnabled(DeviceType device, bool enabled) => SetEnabledCall((sbyte)device, enabled ? (byte)1 : (byte)0);

    public static ScalarType TypeOf(DeviceType device) => (ScalarType)GetTypeCall((sbyte)device);

    public static void SetType(DeviceType device, ScalarType type) => SetTypeCall((sbyte)device, (sbyte)type);

    /// <summary>Whether casts of weights are kept for the next use.</summary>
    public static void SetCache(bool enabled) => SetCacheCall(enabled ? (byte)1 : (byte)0);
}
