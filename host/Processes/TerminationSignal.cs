using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Parallax.Host.Processes;

/// <summary>Asks another process to end, as <c>kill</c> does: by SIGTERM, which training answers with a checkpoint. A small system has no such
/// program.</summary>
internal static partial class TerminationSignal
{
    private const int Sigterm = 15, NoSuchProcess = 3;

    /// <summary>Sends the signal; a process that has just ended needs none.</summary>
    /// <exception cref="Win32Exception">It belongs to somebody else.</exception>
    public static void Send(Process process)
    {
        if (kill(process.Id, Sigterm) != 0 && Marshal.GetLastPInvokeError() is var error && error != NoSuchProcess)
        {
            throw new Win32Exception(error);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
