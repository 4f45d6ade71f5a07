using System.Text;

namespace Parallax.Host.Files;

/// <summary>Files of a run, whose disk may become full or read-only while it goes on.</summary>
internal static class RunFile
{
    /// <summary>Replaces a file as a whole; when that fails, the one before is left as it was and nothing lies beside it.</summary>
    /// <param name="path">The file; its folder is made when missing.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="ConfigurationException">The disk does not take it: names the file and the reason.</exception>
    public static void Replace(string path, Action<Stream> write)
    {
        try
        {
            AtomicFile.Replace(path, write);
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            throw new ConfigurationException(
                $"{path} cannot be written: {Reason(e)} Files that were written before are whole. Make room on that disk, or correct its "
                    + "permissions; a run goes on with --resume.");
        }
    }

    /// <summary>Replaces a text file in the same way.</summary>
    /// <param name="path">The file; its folder is made when missing.</param>
    /// <param name="text">The content.</param>
    /// <exception cref="ConfigurationException">The disk does not take it.</exception>
    public static void Replace(string path, string text) => Replace(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Whether it is the disk that refuses.</summary>
    public static bool IsOfTheDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    /// <summary>What the system says, as a sentence; without the path behind it, which may be that of a temporary file.</summary>
    public static string Reason(Exception e) => e.Message.Split(" : '")[0].TrimEnd('.') + ".";
}
