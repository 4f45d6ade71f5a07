using System.Runtime.InteropServices;
using System.Text;

namespace Parallax.Host.Files;

/// <summary>Replaces a file as a whole: written beside it, forced to the disk, then renamed over it.</summary>
public static partial class AtomicFile
{
    private const int BufferSize = 1 << 20;

    /// <summary>Writes a file that appears under its name only when it is complete and on the disk.</summary>
    /// <param name="path">The file to make or replace; its folder is made when missing.</param>
    /// <param name="write">Writes the content; it may read back and correct what it wrote.</param>
    public static void Replace(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var target = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Environment.ProcessId}.{Path.GetRandomFileName()}");
        UnfinishedFiles.Add(temporary);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferSize))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            Rename(temporary, target);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        finally
        {
            UnfinishedFiles.Forget(temporary);
        }
    }

    /// <summary>Writes a text file in the same way, in UTF-8.</summary>
    /// <param name="path">The file to make or replace; its folder is made when missing.</param>
    /// <param name="text">The content.</param>
    public static void Replace(string path, string text) => Replace(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Gives a file that is on the disk its name, in place of one that has it, such that this survives a power cut.</summary>
    /// <param name="temporary">Its path so far.</param>
    /// <param name="path">Its path from now on, in the same folder.</param>
    /// <param name="replaces">Whether a file that has the name is replaced; otherwise it stays, and this fails.</param>
    internal static void Rename(string temporary, string path, bool replaces = true)
    {
        File.Move(temporary, path, replaces);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes the rename itself survive a power cut.</summary>
    private static void SyncFolder(string folder)
    {
        var descriptor = OpenFolder(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open folder '{folder}' to make a rename durable: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        var code = Sync(descriptor);
        var message = Marshal.GetLastPInvokeErrorMessage();
        _ = Close(descriptor);
        if (code != 0)
        {
            throw new IOException($"Cannot make a rename in folder '{folder}' durable: {message}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
