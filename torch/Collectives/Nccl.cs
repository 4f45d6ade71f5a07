using System.Runtime.InteropServices;

namespace Parallax.Torch;

/// <summary>Exchanges of CUDA tensors through NCCL, one device per process, in the order of torch's current stream: no call waits for the GPU.</summary>
internal sealed unsafe class Nccl
{
    private const string Library = "libnccl.so.2";
    private const int Sum = 0;   // ncclRedOp_t

    private readonly nint _library;
    private readonly nint _communicator;
    private readonly int _device;
    private readonly delegate* unmanaged<int, nint*, int> _currentStream;   // null: nothing in this process changes the stream, it is the default one, 0

    /// <summary>Joins; all processes do so at once.</summary>
    /// <param name="device">The device of this process.</param>
    /// <param name="group">Carries the identifier that the first process makes.</param>
    public Nccl(Device device, ProcessGroup group)
    {
        _library = Load();
        _device = device.index < 0 ? 0 : device.index;
        var cuda = NativeLibrary.TryLoad(Path.Combine(TorchLibrary.Current.Folder, "libtorch_cuda.so"), out var handle) ? handle : 0;
        _currentStream = (delegate* unmanaged<int, nint*, int>)Optional(cuda, "aoti_torch_get_current_cuda_stream");
        var makeGuard = (delegate* unmanaged<int, nint*, int>)Optional(cuda, "aoti_torch_create_cuda_guard");
        var freeGuard = (delegate* unmanaged<nint, int>)Optional(cuda, "aoti_torch_delete_cuda_guard");
        if (makeGuard == null || freeGuard == null)
        {
            throw new ProcessGroupException($"The libtorch in {TorchLibrary.Current.Folder} lacks aoti_torch_create_cuda_guard; CUDA tensors "
                + $"between processes need libtorch {Exports.Version} with CUDA.");
        }

        UniqueId id;
        if (group.Rank == 0)
        {
            Require(((delegate* unmanaged<UniqueId*, int>)Export("ncclGetUniqueId"))(&id), "ncclGetUniqueId");
        }

        group.ShareBytes((nint)(&id), sizeof(UniqueId));
        nint guard, communicator;
        _ = makeGuard(_device, &guard);   // NCCL takes the thread's current device
        try
        {
            Require(((delegate* unmanaged<nint*, int, UniqueId, int, int>)Export("ncclCommInitRank"))(
                &communicator, group.Size, id, group.Rank), "ncclCommInitRank");
        }
        finally
        {
            _ = freeGuard(guard);
        }

        _communicator = communicator;
    }

    /// <summary>Whether the library is on this machine.</summary>
    public static bool IsInstalled => NativeLibrary.TryLoad(Library, out _) || NativeLibrary.TryLoad(Path.Combine(TorchLibrary.Current.Folder, Library), out _);

    public void AllReduce(Tensor tensor)
    {
        var address = (nint)TensorMemory.Address(tensor);
        Require(((delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)Export("ncclAllReduce"))(
            address, address, (nuint)tensor.numel(), Type(tensor.dtype), Sum, _communicator, Stream()), "ncclAllReduce");
    }

    public void AllGather(Tensor all, Tensor own) =>
        Require(((delegate* unmanaged<nint, nint, nuint, int, nint, nint, int>)Export("ncclAllGather"))(
            (nint)TensorMemory.Address(own), (nint)TensorMemory.Address(all), (nuint)(own.numel() * own.element_size()), Type(ScalarType.Byte), _communicator,
                Stream()), "ncclAllGather");

    public void Broadcast(Tensor tensor, int root)
    {
        var address = (nint)TensorMemory.Address(tensor);
        Require(((delegate* unmanaged<nint, nint, nuint, int, int, nint, nint, int>)Export("ncclBroadcast"))(
            address, address, (nuint)(tensor.numel() * tensor.element_size()), Type(ScalarType.Byte), root, _communicator, Stream()), "ncclBroadcast");
    }

    /// <summary>Leaves, together with the others.</summary>
    public void Leave()
    {
        cuda.synchronize(new Device(DeviceType.CUDA, _device));
        Require(((delegate* unmanaged<nint, int>)Export("ncclCommDestroy"))(_communicator), "ncclCommDestroy");
    }

    private static nint Load()
    {
        if (NativeLibrary.TryLoad(Path.Combine(TorchLibrary.Current.Folder, Library), out var handle) || NativeLibrary.TryLoad(Library, out handle))
        {
            return handle;
        }

        throw new ProcessGroupException(
            $"Several processes exchange CUDA tensors through NCCL, and {Library} is neither in {TorchLibrary.Current.Folder} nor known to the system. "
                + "Install NVIDIA's package libnccl2 on every machine that takes part.");
    }

    private static nint Optional(nint library, string name) => library != 0 && NativeLibrary.TryGetExport(library, name, out var address) ? address : 0;

    /// <summary>ncclDataType_t.</summary>
    private static int Type(ScalarType type) => type switch
    {
        ScalarType.Int8 => 0,
        ScalarType.Byte => 1,
        ScalarType.Int32 => 2,
        ScalarType.Int64 => 4,
        ScalarType.Float16 => 6,
        ScalarType.Float32 => 7,
        ScalarType.Float64 => 8,
        ScalarType.BFloat16 => 9,
        _ => throw new ArgumentException($"NCCL has no sum of {type}. Convert the tensor to another type first."),
    };

    private nint Stream()
    {
        nint stream = 0;
        if (_currentStream != null)
        {
            _ = _currentStream(_device, &stream);
        }

        return stream;
    }

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);

    private void Require(int code, string function)
    {
        if (code == 0)
        {
            return;
        }

        var text = Marshal.PtrToStringUTF8(((delegate* unmanaged<int, nint>)Export("ncclGetErrorString"))(code));
        throw new ProcessGroupException($"{function} failed: {text}. With NCCL_DEBUG=WARN NCCL says more.");
    }

    private struct UniqueId
    {
        public fixed byte Bytes[128];
    }
}
