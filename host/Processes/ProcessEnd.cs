using System.Runtime.InteropServices;

namespace Parallax.Host.Processes;

/// <summary>Ends this process at once, whatever its threads do: nothing is waited for, and no library can hold it up on its way out. Files that it has begun
/// and not finished go with it.</summary>
internal static partial class ProcessEnd
{
    /// <summary>Does not return.</summary>
    /// <param name="code">Exit code.</param>
    public static void Now(int code)
    {
        UnfinishedFiles.Delete();
        _exit(code);
    }

    [LibraryImport("libc")]
    private static partial void _exit(int code);
}
