using System.Buffers;

namespace Parallax.Plugins.Datasets;

/// <summary>Files in a folder and its subfolders.</summary>
internal sealed class FolderStore(string root) : IFileStore
{
    /// <summary>All files below a folder; hidden ones are left out.</summary>
    /// <exception cref="ConfigurationException">A folder may not be entered.</exception>
    public static StoredFile[] Index(string root)
    {
        try
        {
            var everything = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false };

            return
            [
                .. from file in new DirectoryInfo(root).EnumerateFiles("*", everything)
                   select new StoredFile(Path.GetRelativePath(root, file.FullName).Replace('\\', '/'), 0, file.Length),
            ];
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new ConfigurationException($"{root} cannot be read: {denied.Message} Correct its permissions, or data.path.");
        }
    }

    public string NameOf(StoredFile file) => Path.Combine(root, file.Path);

    public void Read<TState>(StoredFile file, TState state, FileAction<TState> action)
    {
        byte[]? bytes = null;
        try
        {
            int length;
            using (var handle = File.OpenHandle(NameOf(file)))
            {
                length = checked((int)RandomAccess.GetLength(handle));
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
