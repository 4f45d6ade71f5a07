using System.Runtime.InteropServices;

namespace Parallax.Engine;

internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial int px_group_available(int backend);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int px_group_connect(
        int backend, int rank, int size, string? file, string host, int port, string address, long timeoutMs, long connectTimeoutMs, nint* group);

    [LibraryImport(Library)]
    internal static partial void px_group_free(nint group);

    [LibraryImport(Library)]
    internal static partial int px_group_all_reduce(nint group, nint tensor, nint* work);

    [LibraryImport(Library)]
    internal static partial int px_group_all_gather(nint group, nint output, nint input, nint* work);

    [LibraryImport(Library)]
    internal static partial int px_group_broadcast(nint group, nint tensor, int root, nint* work);

    [LibraryImport(Library)]
    internal static partial int px_group_barrier(nint group, nint* work);

    /// <summary>Blocks until the collective is done.</summary>
    [LibraryImport(Library)]
    internal static partial int px_work_wait(nint work);

    [LibraryImport(Library)]
    internal static partial void px_work_free(nint work);
}
