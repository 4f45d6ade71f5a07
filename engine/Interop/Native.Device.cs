using System.Runtime.InteropServices;

namespace Parallax.Engine;

internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial int px_cuda_load();

    [LibraryImport(Library)]
    internal static partial int px_cuda_available();

    [LibraryImport(Library)]
    internal static partial int px_cuda_cudnn_available();

    [LibraryImport(Library)]
    internal static partial int px_cuda_device_count(int* count);

    [LibraryImport(Library)]
    internal static partial int px_cuda_synchronize(int index);

    [LibraryImport(Library)]
    internal static partial int px_cuda_manual_seed_all(long seed);

    [LibraryImport(Library)]
    internal static partial int px_stream_current(int deviceType, int deviceIndex, StreamId* stream);

    [LibraryImport(Library)]
    internal static partial int px_stream_from_pool(int deviceType, int deviceIndex, int highPriority, StreamId* stream);

    [LibraryImport(Library)]
    internal static partial int px_stream_exchange(StreamId* stream, StreamId* previous);

    [LibraryImport(Library)]
    internal static partial int px_stream_synchronize(StreamId* stream);

    [LibraryImport(Library)]
    internal static partial int px_stream_wait(StreamId* waiter, StreamId* other);

    [LibraryImport(Library)]
    internal static partial int px_record_stream(nint handle, StreamId* stream);

    /// <summary>A stream as <c>px_stream</c> packs it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct StreamId
    {
        internal long Id;
        internal int DeviceType;
        internal int DeviceIndex;
    }
}
