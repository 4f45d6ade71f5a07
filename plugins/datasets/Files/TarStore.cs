using System.IO.MemoryMappedFiles;

namespace Parallax.Plugins.Datasets;

/// <summary>Files of an uncompressed tar archive, mapped into memory: reading one costs no system call and no copy.</summary>
/// <remarks>The archive must not be shortened while it is mapped: the system ends a process that reads where no file is any more.</remarks>
internal sealed unsafe class TarStore : IFileStore
{
    private readonly string _archive;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    public TarStore(string archive)
    {
        _archive = archive;
        _file = MemoryMappedFile.CreateFromFile(archive, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    public string NameOf(StoredFile file) => $"{_archive}:{file.Path}";

    public string AddressOf(StoredFile file) => $"subfile,,start,{file.Offset},end,{file.Offset + file.Length},,:file:{_archive}";

    public void Read<TState>(StoredFile file, TState state, FileAction<TState> action, int? most = null)
    {
        ObjectDisposedException.ThrowIf(_view.SafeMemoryMappedViewHandle.IsClosed, this);
        var length = Math.Min(file.Length, most ?? long.MaxValue);
        if (length > int.MaxValue)
        {
            throw new CorruptSampleException(NameOf(file), $"has {file.Length} bytes, too many for an image");
        }

        action(new ReadOnlySpan<byte>(_start + file.Offset, (int)length), state);
    }

    public void Dispose()
    {
        if (!_view.SafeMemoryMappedViewHandle.IsClosed)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }
}
