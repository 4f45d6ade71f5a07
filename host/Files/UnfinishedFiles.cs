using System.Collections.Concurrent;

namespace Parallax.Host.Files;

/// <summary>Files and folders that this process has begun and not yet given their names: one that is ended in the middle removes them.</summary>
internal static class UnfinishedFiles
{
    private static readonly ConcurrentDictionary<string, bool> Paths = new(StringComparer.Ordinal);

    /// <summary>Notes a file, or a folder with all that will be in it, that is about to be made.</summary>
    public static void Add(string path) => Paths[path] = true;

    /// <summary>Notes that it has its name, or is gone.</summary>
    public static void Forget(string path) => Paths.TryRemove(path, out _);

    /// <summary>Removes them all, whoever still writes to them: nothing but the end of the process may follow.</summary>
    public static void Delete()
    {
        foreach (var path in Paths.Keys)
        {
            try
            {
                if (Directory.Exists(path))
                {
                    Directory.Delete(path, recursive: true);
                }
                else
                {
                    File.Delete(path);
                }
            }
            catch (Exception e) when (RunFile.IsOfTheDisk(e))
            {
                // A disk that is gone or read-only by now keeps what is there.
            }
        }
    }
}
