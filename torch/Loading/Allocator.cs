using System.Runtime.InteropServices;

namespace Parallax.Torch;

/// <summary>Settings of the C library's allocator that keep a training step's memory in the process.</summary>
/// <remarks>
/// By default every large block is a mapping of its own, returned to the kernel when it is freed: a step then spends a third of its time in page faults.
/// Variables of the same meaning (<c>MALLOC_MMAP_THRESHOLD_</c>, ...) win: who sets them knows why; <c>PARALLAX_ALLOCATOR=system</c> changes nothing at all.
/// Other C libraries than glibc lack the call; then nothing happens either.
/// </remarks>
internal static partial class Allocator
{
    private const int TrimThreshold = -1, TopPad = -2, MmapThreshold = -3, ArenaMax = -8;   // of malloc.h

    /// <summary>Whether allocators may be changed at all, as they are unless <c>PARALLAX_ALLOCATOR=system</c>.</summary>
    public static bool IsWanted => Environment.GetEnvironmentVariable("PARALLAX_ALLOCATOR") != "system";

    public static void Configure()
    {
        if (!IsWanted)
        {
            return;
        }

        try
        {
            Set(MmapThreshold, 1 << 30, "MALLOC_MMAP_THRESHOLD_");
            Set(TrimThreshold, int.MaxValue, "MALLOC_TRIM_THRESHOLD_");
            Set(TopPad, 64 << 20, "MALLOC_TOP_PAD_");
            Set(ArenaMax, 1, "MALLOC_ARENA_MAX");
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc: its allocator has no such settings, and training works without them.
        }
    }

    private static void Set(int parameter, int value, string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is null)
        {
            _ = mallopt(parameter, value);
        }
    }

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);
}
