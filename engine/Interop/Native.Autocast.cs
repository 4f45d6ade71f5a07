using System.Runtime.InteropServices;

namespace Parallax.Engine;

/// <remarks>Devices are numbered as <see cref="Torch.DeviceType"/> (CPU and CUDA), types as ScalarType. Switches are per thread.</remarks>
internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial int px_autocast_enabled(int device, int* enabled);

    [LibraryImport(Library)]
    internal static partial int px_autocast_set_enabled(int device, int enabled);

    [LibraryImport(Library)]
    internal static partial int px_autocast_dtype(int device, int* dtype);

    [LibraryImport(Library)]
    internal static partial int px_autocast_set_dtype(int device, int dtype);

    [LibraryImport(Library)]
    internal static partial int px_autocast_cache_enabled();

    [LibraryImport(Library)]
    internal static partial int px_autocast_set_cache_enabled(int enabled);

    /// <summary>Needed after every in-place change of a weight inside an autocast region: the cache does not see it.</summary>
    [LibraryImport(Library)]
    internal static partial int px_autocast_clear_cache();

    /// <summary>Opens a region; returns its depth.</summary>
    [LibraryImport(Library)]
    internal static partial int px_autocast_enter();

    /// <summary>Closes a region; returns the depth left, and clears the cache at 0.</summary>
    [LibraryImport(Library)]
    internal static partial int px_autocast_leave();
}
