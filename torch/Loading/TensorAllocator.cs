using System.Runtime.InteropServices;

namespace Parallax.Torch;

/// <summary>The allocator that libtorch asks for the memory of CPU tensors: big ones from <see cref="CpuBlocks"/>, small ones as before.</summary>
/// <remarks>
/// libtorch calls a C++ object. Its table of functions, and the form of what they return, belong to libtorch 2.10: before anything is changed, both are
/// compared with what libtorch's own allocator does, and where they differ that one stays.
/// An error cannot be thrown through these functions; when the system has no memory left, the program ends with a message.
/// </remarks>
internal static unsafe class TensorAllocator
{
    private const byte Priority = 100;   // libtorch's own allocator has 0
    private const int OutOfMemory = 1;   // exit code of an unexpected error

    private static delegate* unmanaged<nuint, void*> _allocateSmall;
    private static delegate* unmanaged<void*, void> _freeSmall;

    /// <summary>Whether big tensors come from <see cref="CpuBlocks"/>.</summary>
    public static bool IsInstalled { get; private set; }

    /// <param name="core">Handle of <c>libc10.so</c>.</param>
    public static void Install(nint core)
    {
        string[] names = [Exports.SetCpuAllocator, Exports.GetDefaultCpuAllocator, Exports.AllocateCpu, Exports.FreeCpu];
        var calls = Array.ConvertAll(names, name => NativeLibrary.TryGetExport(core, name, out var call) ? call : 0);
        if (calls.Contains(0))
        {
            return;
        }

        var standard = ((delegate* unmanaged<CppAllocator*>)calls[1])();
        _allocateSmall = (delegate* unmanaged<nuint, void*>)calls[2];
        _freeSmall = (delegate* unmanaged<void*, void>)calls[3];
        if (!IsOfKnownForm(standard))
        {
            return;
        }

        // Lives as long as the process.
        var table = (Functions*)NativeMemory.AllocZeroed((nuint)sizeof(Functions));
        *table = new() { Destroy = &Nothing, Delete = &Nothing, Allocate = &Allocate, IsSimple = &IsSimple, RawDeleter = &RawDeleter, Copy = &Copy };
        var allocator = (CppAllocator*)NativeMemory.AllocZeroed((nuint)sizeof(CppAllocator));
        allocator->Functions = table;
        ((delegate* unmanaged<CppAllocator*, byte, void>)calls[0])(allocator, Priority);
        IsInstalled = true;
    }

    /// <summary>Asks libtorch's own allocator for a little memory and looks whether the answer is what we would have written.</summary>
    private static bool IsOfKnownForm(CppAllocator* standard)
    {
        const nuint bytes = 64;
        DataPointer answer = default;
        standard->Functions->Allocate(&answer, standard, bytes);
        var deleter = standard->Functions->RawDeleter(standard);
        var isKnown = answer.Data != null && answer.Context == answer.Data && (nint)answer.Deleter == (nint)deleter && answer.DeviceType == 0
            && answer.DeviceIndex == -1
            && standard->Functions->IsSimple(standard, &answer) == 1;
        if (isKnown)
        {
            answer.Deleter(answer.Context);
        }

        return isKnown;
    }

    [UnmanagedCallersOnly]
    private static void Nothing(CppAllocator* self)
    {
    }

    [UnmanagedCallersOnly]
    private static DataPointer* Allocate(DataPointer* result, CppAllocator* self, nuint bytes)
    {
        var isBig = bytes >= CpuBlocks.Smallest;
        var data = isBig ? (void*)CpuBlocks.Take(bytes) : _allocateSmall(bytes);
        if (isBig && data == null)
        {
            Console.Error.WriteLine($"Out of memory: libtorch asked for {bytes / 1_000_000:N0} MB for one tensor, and the system has no more. Lower "
                + "trainer.batchSize, or use a machine with more memory.");
            Environment.Exit(OutOfMemory);
        }

        *result = new() { Data = data, Deleter = isBig ? &Free : _freeSmall, Context = data, DeviceIndex = -1 };

        return result;
    }

    [UnmanagedCallersOnly]
    private static byte IsSimple(CppAllocator* self, DataPointer* data) => data->Data == data->Context ? (byte)1 : (byte)0;

    [UnmanagedCallersOnly]
    private static delegate* unmanaged<void*, void> RawDeleter(CppAllocator* self) => &Free;

    [UnmanagedCallersOnly]
    private static void Copy(CppAllocator* self, void* target, void* source, nuint bytes) => Buffer.MemoryCopy(source, target, bytes, bytes);

    /// <summary>Serves blocks of both kinds.</summary>
    [UnmanagedCallersOnly]
    private static void Free(void* data)
    {
        if (!CpuBlocks.GiveBack((nint)data))
        {
            _freeSmall(data);
        }
    }

    /// <summary>An object of a class derived from <c>c10::Allocator</c>.</summary>
    private struct CppAllocator
    {
        public Functions* Functions;
    }

    /// <summary>The virtual functions of <c>c10::Allocator</c>, in their order.</summary>
    private struct Functions
    {
        public delegate* unmanaged<CppAllocator*, void> Destroy, Delete;
        public delegate* unmanaged<DataPointer*, CppAllocator*, nuint, DataPointer*> Allocate;
        public delegate* unmanaged<CppAllocator*, DataPointer*, byte> IsSimple;
        public delegate* unmanaged<CppAllocator*, delegate* unmanaged<void*, void>> RawDeleter;
        public delegate* unmanaged<CppAllocator*, void*, void*, nuint, void> Copy;
    }

    /// <summary><c>c10::DataPtr</c>: the memory, and how it is freed.</summary>
    private struct DataPointer
    {
        public void* Data;
        public delegate* unmanaged<void*, void> Deleter;
        public void* Context;
        public byte DeviceType;      // 0: CPU
        public sbyte DeviceIndex;    // -1: the only one
    }
}
