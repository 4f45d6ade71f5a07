using System.Runtime.InteropServices;

namespace Parallax.Engine;

internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial nint px_compiled_version();

    [LibraryImport(Library)]
    internal static partial int px_config(byte** text, int* length);

    [LibraryImport(Library)]
    internal static partial int px_get_num_threads();

    [LibraryImport(Library)]
    internal static partial int px_set_num_threads(int count);

    [LibraryImport(Library)]
    internal static partial int px_get_num_interop_threads();

    [LibraryImport(Library)]
    internal static partial int px_set_num_interop_threads(int count);

    [LibraryImport(Library)]
    internal static partial int px_manual_seed(long seed);

    [LibraryImport(Library)]
    internal static partial int px_generator_default(int deviceType, int deviceIndex, nint* result);

    [LibraryImport(Library)]
    internal static partial int px_generator_new(int deviceType, int deviceIndex, nint* result);

    [LibraryImport(Library)]
    internal static partial void px_generator_free(nint generator);

    [LibraryImport(Library)]
    internal static partial int px_generator_seed(nint generator, long seed);

    [LibraryImport(Library)]
    internal static partial int px_generator_initial_seed(nint generator, long* seed);

    [LibraryImport(Library)]
    internal static partial int px_generator_get_state(nint generator, nint* state);

    [LibraryImport(Library)]
    internal static partial int px_generator_set_state(nint generator, nint state);

    [LibraryImport(Library)]
    internal static partial int px_get_flag(int flag, int* value);

    [LibraryImport(Library)]
    internal static partial int px_set_flag(int flag, int value);
}
