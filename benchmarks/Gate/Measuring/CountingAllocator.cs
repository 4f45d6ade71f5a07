using System.Runtime.InteropServices;

namespace Parallax.Benchmarks.Gate;

/// <summary>Counts the memory of CPU tensors, big and small: libtorch asks this allocator, which asks the one before and notes the size.</summary>
/// <remarks>
/// Sizes are those that libtorch asks for, so they do not depend on where memory lies. What kernels allocate by other means (oneDNN's and OpenMP's own buffers)
/// is not seen. The form of the C++ object belongs to libtorch 2.10; <see cref="TorchLibrary.KeepsMemory"/> says that it was recognised.
/// </remarks>
internal static unsafe class CountingAllocator
{
    private const int Functions = 6, AllocateSlot = 2, IsSimpleSlot = 3, RawDeleterSlot = 4;   // of c10::Allocator
    private const int Data = 0, Deleter = 1, Context = 2;   // of c10::DataPtr, which the first argument points to: the memory, and how it is freed
    private const byte Priority = 101;                                                        // one above Parallax's
    private const int ManyBlocks = 1 << 16;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<nint, Block> Live = new(ManyBlocks);
    private static nint** _inner;
    private static long _bytes, _start, _peak, _blocks;

    /// <summary>Begins to note; blocks that exist already are not known.</summary>
    /// <returns>False when libtorch's allocator is not of the known form: then nothing can be counted.</returns>
    public static bool TryInstall()
    {
        if (!TorchLibrary.KeepsMemory || !NativeLibrary.TryGetExport(TorchLibrary.Current.Torch, "_ZN3c1015GetCPUAllocatorEv", out var current))
        {
            return false;
        }

        _inner = ((delegate* unmanaged<nint**>)current)();
        var table = (nint*)NativeMemory.Alloc(Functions, (nuint)sizeof(nint));   // lives as long as the process
        new Span<nint>(*_inner, Functions).CopyTo(new(table, Functions));
        table[AllocateSlot] = (nint)(delegate* unmanaged<nint*, nint**, nuint, nint*>)&Allocate;
        table[IsSimpleSlot] = (nint)(delegate* unmanaged<nint**, nint*, byte>)&IsSimple;
        table[RawDeleterSlot] = (nint)(delegate* unmanaged<nint**, delegate* unmanaged<void*, void>>)&RawDeleter;
        var own = (nint**)NativeMemory.Alloc((nuint)sizeof(nint));
        *own = table;
        ((delegate* unmanaged<nint**, byte, void>)Exports.Address(Exports.SetCpuAllocator))(own, Priority);

        return true;
    }

    /// <summary>What lives now is the start of what is counted next.</summary>
    public static void Restart()
    {
        lock (Gate)
        {
            (_start, _peak, _blocks) = (_bytes, _bytes, 0);
        }
    }

    /// <summary>Blocks asked for since the start, and most bytes that lived at one time above those of the start.</summary>
    public static (long Blocks, long PeakBytes) Read()
    {
        lock (Gate)
        {
            return (_blocks, _peak - _start);
        }
    }

    [UnmanagedCallersOnly]
    private static nint* Allocate(nint* answer, nint** self, nuint bytes)
    {
        ((delegate* unmanaged<nint*, nint**, nuint, nint*>)(*_inner)[AllocateSlot])(answer, _inner, bytes);
        if (answer[Data] != 0)
        {
            lock (Gate)
            {
                Live[answer[Data]] = new((long)bytes, answer[Deleter]);
                (_bytes, _blocks) = (_bytes + (long)bytes, _blocks + 1);
                _peak = Math.Max(_peak, _bytes);
            }

            answer[Deleter] = (nint)(delegate* unmanaged<void*, void>)&Free;
        }

        return answer;
    }

    [UnmanagedCallersOnly]
    private static byte IsSimple(nint** self, nint* answer) => answer[Data] == answer[Context] ? (byte)1 : (byte)0;

    [UnmanagedCallersOnly]
    private static delegate* unmanaged<void*, void> RawDeleter(nint** self) => &Free;

    [UnmanagedCallersOnly]
    private static void Free(void* data)
    {
        nint deleter = 0;
        lock (Gate)
        {
            if (Live.Remove((nint)data, out var block))
            {
                (deleter, _bytes) = (block.Deleter, _bytes - block.Bytes);
            }
        }

        if (deleter != 0)
        {
            ((delegate* unmanaged<void*, void>)deleter)(data);
        }
    }

    private readonly record struct Block(long Bytes, nint Deleter);
}
