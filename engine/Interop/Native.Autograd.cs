using System.Runtime.InteropServices;

namespace Parallax.Engine;

internal static unsafe partial class Native
{
    [LibraryImport(Library)]
    internal static partial int px_requires_grad(nint handle, int* result);

    [LibraryImport(Library)]
    internal static partial int px_set_requires_grad(nint handle, int value);

    [LibraryImport(Library)]
    internal static partial int px_is_leaf(nint handle, int* result);

    [LibraryImport(Library)]
    internal static partial int px_retain_grad(nint handle);

    [LibraryImport(Library)]
    internal static partial int px_grad(nint handle, nint* result);

    [LibraryImport(Library)]
    internal static partial int px_set_grad(nint handle, nint gradient);

    [LibraryImport(Library)]
    internal static partial int px_grad_mode();

    [LibraryImport(Library)]
    internal static partial int px_set_grad_mode(int enabled);

    [LibraryImport(Library)]
    internal static partial int px_inference_mode();

    [LibraryImport(Library)]
    internal static partial int px_inference_enter(int enabled, nint* guard);

    [LibraryImport(Library)]
    internal static partial int px_inference_leave(nint guard);

    [LibraryImport(Library)]
    internal static partial int px_backward(
        nint* roots, int rootCount, nint* gradients, int gradientCount, int retain, int create, nint* inputs, int inputCount);

    [LibraryImport(Library)]
    internal static partial int px_grad_of(
        nint* outputs, int outputCount, nint* inputs, int inputCount, nint* gradients, int gradientCount, int retain, int create, int allowUnused, nint* results);

    [LibraryImport(Library)]
    internal static partial int px_anomaly_mode();

    [LibraryImport(Library)]
    internal static partial int px_set_anomaly_mode(int enabled, int checkNan);

    [LibraryImport(Library)]
    internal static partial int px_function_needed(nint* inputs, int count, int* result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int px_function_record(
        string label, delegate* unmanaged<nint, nint, nint*, int, nint*, int, long> run, delegate* unmanaged<nint, void> drop, nint state,
        nint* inputs, int inputCount, nint* outputs, int outputCount, byte* differentiable, byte* dirty, nint* saved, int* savedOutput, int savedCount, nint* results);

    [LibraryImport(Library)]
    internal static partial int px_function_saved(nint node, nint* results, int count);
}
