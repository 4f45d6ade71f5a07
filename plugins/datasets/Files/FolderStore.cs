using System.Buffers;

namespace Parallax.Plugins.Datasets;

/// <summary>Files in a folder and its subfolders.</summary>
internal sealed class FolderStore(string root) : IFileStore
{
    public string NameOf(StoredFile file) => Path.Combine(root, file.Path);

    public string AddressOf(StoredFile file) => $"file:{NameOf(file)}";

    public void Read<TState>(StoredFile file, TState state, FileAction<TState> action, int? most = null)
    {
        if (file.Length == 0)
        {
            action([], state);   // never opened: a pipe, which would wait for a writer, looks like this, too
            return;
        }

        byte[]? bytes = null;
        try
        {
            int length;
            using (var handle = File.OpenHandle(NameOf(file)))
            {
                length = checked((int)Math.Min(RandomAccess.GetLength(handle), most ?? long.MaxValue));
                bytes = ArrayPool<byte>.Shared.Rent(length);
                for (var got = 0; got < length;)
                {
                    var more = RandomAccess.Read(handle, bytes.AsSpan(got, length - got), got);
                    got += more > 0 ? more : throw new EndOfStreamException("it became shorter while it was read");
                }
            }

            action(bytes.AsSpan(0, length), state);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or OverflowException)
        {
            throw new CorruptSampleException(NameOf(file), $"cannot be read ({fault.Message})");
        }
        finally
        {
            if (bytes is not null)
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }

    public void Dispose()
    {
    }
}
