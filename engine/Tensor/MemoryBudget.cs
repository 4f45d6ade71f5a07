namespace Parallax.Engine;

/// <summary>
/// Bytes of tensors outside any scope. The collector sees 48 bytes per tensor and has no reason to run; when the native bytes pass a limit, it is asked to.
/// </summary>
internal static class MemoryBudget
{
    internal const long Floor = 512L << 20;

    private static readonly Lock s_gate = new();
    private static long s_bytes;
    private static long s_limit = Floor;

    internal static long Bytes => Volatile.Read(ref s_bytes);

    internal static long Limit => Volatile.Read(ref s_limit);

    /// <summary>Adds a tensor's storage; returns what <see cref="Refund"/> must take off again.</summary>
    internal static unsafe long Charge(nint handle)
    {
        Native.TensorInfo info;
        if (Native.px_info(handle, &info) != 0)
        {
            return 0;
        }

        if (Interlocked.Add(ref s_bytes, info.StorageBytes) > Volatile.Read(ref s_limit))
        {
            Collect();
        }

        return info.StorageBytes;
    }

    internal static void Refund(long bytes) => Interlocked.Add(ref s_bytes, -bytes);

    /// <summary>After an out-of-memory error: frees what the collector finds; false when there was nothing it could free.</summary>
    internal static bool Reclaim()
    {
        lock (s_gate)
        {
            var before = Bytes;
            CollectAll();
            return Bytes < before;
        }
    }

    private static void Collect()
    {
        lock (s_gate)
        {
            if (Bytes <= s_limit)
            {
                return;
            }

            GC.Collect(1);
            GC.WaitForPendingFinalizers();
            if (Bytes > s_limit)
            {
                CollectAll();
            }

            Volatile.Write(ref s_limit, Math.Max(Floor, 2 * Bytes));
        }
    }

    private static void CollectAll()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
