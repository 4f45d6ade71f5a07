namespace Parallax.Plugins.Datasets;

/// <summary>A file in a folder or an archive.</summary>
/// <param name="Path">Path inside, with forward slashes.</param>
/// <param name="Offset">Where its bytes start in the archive; 0 in a folder.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct StoredFile(string Path, long Offset, long Length)
{
    /// <summary>Where the file lies itself, when a symbolic link to a folder led to it; null elsewhere.</summary>
    public string? Origin { get; init; }

    /// <summary>In which of several archives it lies, from 0.</summary>
    public int Shard { get; init; }
}

/// <summary>Receives the bytes of a file, valid during the call.</summary>
internal delegate void FileAction<in TState>(ReadOnlySpan<byte> bytes, TState state);

/// <summary>Reads files of a folder or an archive. Thread-safe.</summary>
internal interface IFileStore : IDisposable
{
    /// <param name="file">The file.</param>
    /// <param name="state">For <paramref name="action"/>.</param>
    /// <param name="action">Receives the bytes.</param>
    /// <param name="most">How many bytes from the start are enough; null for all.</param>
    /// <exception cref="CorruptSampleException">The file is gone or cannot be read.</exception>
    void Read<TState>(StoredFile file, TState state, FileAction<TState> action, int? most = null);

    /// <summary>How messages name a file.</summary>
    string NameOf(StoredFile file);

    /// <summary>How FFmpeg opens a file, in an archive too, where it lies.</summary>
    string AddressOf(StoredFile file);
}
