using System.Runtime.InteropServices;
using System.Text;

namespace Parallax.Engine;

/// <summary>The exports of the shim (engine/native/*.cpp): operators, errors, and what a tensor is.</summary>
internal static unsafe partial class Native
{
    internal const string Library = "parallax_torch";

    [LibraryImport(Library)]
    internal static partial void px_last_error(byte** text, int* length);

    [LibraryImport(Library)]
    internal static partial void px_release_all(nint* handles, long count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int px_op_find(string name, string overload, nint* handle);

    [LibraryImport(Library)]
    internal static partial int px_op_call(nint handle, Value* args, int count, Value* results, int max);

    [LibraryImport(Library)]
    internal static partial int px_schemas(byte** text, long* length);

    [LibraryImport(Library)]
    internal static partial int px_info(nint handle, TensorInfo* info);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial long px_dim(nint handle);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial long px_numel(nint handle);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int px_dtype(nint handle);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void px_device(nint handle, int* type, int* index);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void px_sizes(nint handle, long* sizes);

    [LibraryImport(Library)]
    internal static partial int px_strides(nint handle, long* strides);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial long px_storage_offset(nint handle);

    [LibraryImport(Library)]
    internal static partial int px_is_contiguous(nint handle, int format, int* result);

    [LibraryImport(Library)]
    internal static partial int px_is_pinned(nint handle, int* result);

    [LibraryImport(Library)]
    internal static partial int px_data_ptr(nint handle, nint* data);

    [LibraryImport(Library)]
    internal static partial nint px_retain(nint handle);

    [LibraryImport(Library)]
    internal static partial int px_item(nint handle, int* kind, long* integer, double* real, double* imaginary);

    [LibraryImport(Library)]
    internal static partial int px_from_blob(
        nint data, long* sizes, int dims, int dtype, delegate* unmanaged<nint, void> deleter, nint context, nint* result);

    [LibraryImport(Library)]
    internal static partial int px_set_data(nint handle, nint source);

    /// <summary>Everything about a tensor in one call; as <c>px_tensor_info</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TensorInfo
    {
        internal long Dim;
        internal long Numel;
        internal long ElementSize;
        internal long StorageBytes;
        internal int Dtype;
        internal int DeviceType;
        internal int DeviceIndex;
        internal int Flags;
    }

    internal static string LastError()
    {
        byte* text;
        int length;
        px_last_error(&text, &length);
        return Encoding.UTF8.GetString(text, length);
    }

    /// <summary>Throws for a code other than 0, naming what was tried.</summary>
    internal static void Check(int code, string operation)
    {
        if (code != 0)
        {
            throw TorchException.FromNative(code, operation);
        }
    }

    /// <summary>"[2, 3] Float32", with the device unless it is the CPU: for messages.</summary>
    internal static string Describe(nint handle)
    {
        if (handle == 0)
        {
            return "none";
        }

        TensorInfo info;
        if (px_info(handle, &info) != 0)
        {
            return "tensor";
        }

        var sizes = new long[info.Dim];
        fixed (long* data = sizes)
        {
            px_sizes(handle, data);
        }

        var device = info.DeviceType == 0 ? "" : $" {new Torch.torch.Device((Torch.DeviceType)info.DeviceType, info.DeviceIndex)}";
        return $"[{string.Join(", ", sizes)}] {(Torch.torch.ScalarType)info.Dtype}{device}";
    }
}
