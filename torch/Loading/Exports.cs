using System.Runtime.InteropServices;

namespace Parallax.Torch;

/// <summary>The functions of libtorch that this assembly calls by name.</summary>
/// <remarks>Names of C++ functions belong to one release of libtorch; <c>doctor</c> checks that each is there.</remarks>
public static class Exports
{
    /// <summary>The release that the names below belong to.</summary>
    public const string Version = "2.10";

    internal const string CallDispatcher = "torch_call_dispatcher";
    internal const string NewTensorHandle = "aoti_torch_new_tensor_handle";
    internal const string DataPointer = "aoti_torch_get_data_ptr";
    internal const string Dimensions = "aoti_torch_get_dim";
    internal const string Sizes = "aoti_torch_get_sizes";
    internal const string Strides = "aoti_torch_get_strides";
    internal const string Type = "aoti_torch_get_dtype";
    internal const string Device = "aoti_torch_get_device_type";
    internal const string NewList = "torch_new_list_reserve_size";
    internal const string PushToList = "torch_list_push_back";
    internal const string CpuCapability = "_ZN2at18get_cpu_capabilityB5cxx11Ev";
    internal const string SetCpuAllocator = "_ZN3c1015SetCPUAllocatorEPNS_9AllocatorEh";   // these four in libc10, which libtorch_cpu brings along
    internal const string GetDefaultCpuAllocator = "_ZN3c1022GetDefaultCPUAllocatorEv";
    internal const string AllocateCpu = "_ZN3c109alloc_cpuEm";
    internal const string FreeCpu = "_ZN3c108free_cpuEPv";
    internal const string SetAutocastEnabled = "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb";
    internal const string IsAutocastEnabled = "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE";
    internal const string SetAutocastType = "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE";
    internal const string GetAutocastType = "_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE";
    internal const string AddRecordCallback = "_ZN2at17addGlobalCallbackENS_22RecordFunctionCallbackE";
    internal const string RemoveRecordCallback = "_ZN2at14removeCallbackEm";
    internal const string RecordedName = "_ZNK2at14RecordFunction4nameEv";
    internal const string RegisterHook = "_ZNK2at10TensorBase14_register_hookESt8functionIFS0_RKS0_EE";
    internal const string UndefinedTensor = "_ZN3c1019UndefinedTensorImpl10_singletonE";   // an object, in libc10
    internal const string SetAutocastCache = "_ZN2at8autocast26set_autocast_cache_enabledEb";

    /// <summary>All names, in no order.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        CallDispatcher, NewTensorHandle, DataPointer, Dimensions, Sizes, Strides, Type, Device, NewList, PushToList, CpuCapability,
        SetCpuAllocator, GetDefaultCpuAllocator, AllocateCpu, FreeCpu,
        SetAutocastEnabled, IsAutocastEnabled, SetAutocastType, GetAutocastType, SetAutocastCache,
        AddRecordCallback, RemoveRecordCallback, RecordedName, RegisterHook, UndefinedTensor,
    ];

    /// <summary>Names that the loaded libtorch lacks: empty for the release that this was written for.</summary>
    public static IReadOnlyList<string> Missing() => [.. All.Where(name => !NativeLibrary.TryGetExport(TorchLibrary.Current.Torch, name, out _))];

    internal static nint Address(string name) => NativeLibrary.TryGetExport(TorchLibrary.Current.Torch, name, out var address)
        ? address
        : throw new EntryPointNotFoundException($"The libtorch in {TorchLibrary.Current.Folder} lacks {name}; this is written for libtorch {Version}. "
            + "'parallax doctor' lists everything that is missing.");
}
