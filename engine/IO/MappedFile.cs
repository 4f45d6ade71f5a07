using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Parallax.Engine;

/// <summary>A file mapped copy-on-write; it stays mapped until it is disposed and the last tensor over it is gone.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;
    private int _users = 1;

    private MappedFile(string path, long length)
    {
        Bytes = new MappedBytes(null, 0);
        if (length == 0)
        {
            return;   // an empty file cannot be mapped
        }

        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.CopyOnWrite);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.CopyOnWrite);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
        Bytes = new MappedBytes(_start, length);
    }

    /// <summary>The whole file.</summary>
    public MappedBytes Bytes { get; }

    /// <summary>Maps a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static MappedFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new FileInfo(path);
        return file.Exists ? new MappedFile(path, file.Length) : throw new FileNotFoundException($"There is no file '{path}'.", path);
    }

    /// <summary>A tensor over a part of the file; copied only when it does not start at a multiple of its element size.</summary>
    public Tensor Tensor(long offset, IReadOnlyList<long> shape, ScalarType type)
    {
        if (shape.Contains(0))
        {
            return empty([.. shape], type);
        }

        var bytes = SafeTensorsType.ByteSize(type);
        if (offset % bytes != 0)
        {
            return CopyOf(offset, shape, type, bytes);
        }

        Interlocked.Increment(ref _users);
        var sizes = shape.ToArray();
        var self = GCHandle.Alloc(this);
        nint handle;
        int code;
        fixed (long* first = sizes)
        {
            code = Native.px_from_blob((nint)(_start + offset), first, sizes.Length, (int)type, &Forget, GCHandle.ToIntPtr(self), &handle);
        }

        if (code != 0)
        {
            self.Free();
            Release();
        }

        Native.Check(code, "mapping a tensor");
        return torch.Tensor.UnsafeCreateTensor(handle);
    }

    /// <summary>The opener is done; tensors keep the mapping.</summary>
    public void Dispose() => Release();

    private Tensor CopyOf(long offset, IReadOnlyList<long> shape, ScalarType type, int elementBytes)
    {
        var copy = empty([.. shape], type);
        nint target;
        Native.Check(Native.px_data_ptr(copy.Handle, &target), "reading a tensor's memory");
        var count = copy.numel() * elementBytes;
        Buffer.MemoryCopy(_start + offset, (void*)target, count, count);
        return copy;
    }

    /// <summary>Called by libtorch, on any thread, when the last tensor over the memory dies.</summary>
    [UnmanagedCallersOnly]
    private static void Forget(nint context)
    {
        var handle = GCHandle.FromIntPtr(context);
        var file = (MappedFile)handle.Target!;
        handle.Free();
        file.Release();
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0 && _view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file!.Dispose();
        }
    }
}
