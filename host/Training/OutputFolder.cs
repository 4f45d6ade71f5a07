using System.Globalization;
using System.Security.Cryptography;

namespace Parallax.Host.Training;

/// <summary>Finds out before training whether a run could be kept: by writing a small file and asking for the room that is left.</summary>
internal static class OutputFolder
{
    private const int ProbeBytes = 1 << 16;
    private const string Key = "trainer.outputDirectory";

    /// <summary>Leaves everything as it was: the file and folders it makes are removed.</summary>
    /// <param name="folder">Folder of runs, or of the run to go on with.</param>
    /// <param name="checkpointBytes">What one checkpoint takes at least.</param>
    /// <exception cref="ConfigurationException">It cannot be written, or is too full for one checkpoint.</exception>
    public static void Require(string folder, long checkpointBytes)
    {
        var full = Path.GetFullPath(folder);
        var made = Missing(full).ToList();
        try
        {
            Directory.CreateDirectory(full);
            var probe = Path.Combine(full, $"probe.{Environment.ProcessId}");
            try
            {
                AtomicFile.Replace(probe, stream => stream.Write(RandomNumberGenerator.GetBytes(ProbeBytes)));
                RequireRoom(full, new DriveInfo(full).AvailableFreeSpace, checkpointBytes);
            }
            finally
            {
                File.Delete(probe);
            }
        }
        catch (Exception e) when (RunFile.IsOfTheDisk(e))
        {
            throw new ConfigurationException(
                $"{Key} is '{folder}', where nothing can be written ({full}): {RunFile.Reason(e)} "
                + $"Make it a folder with room that you may write to, or name another one with --set {Key}=DIR.");
        }
        finally
        {
            made.ForEach(RemoveEmpty);
        }
    }

    /// <summary>Compares room with need.</summary>
    /// <exception cref="ConfigurationException">There is less than a checkpoint takes.</exception>
    internal static void RequireRoom(string folder, long free, long checkpointBytes)
    {
        if (free < checkpointBytes)
        {
            throw new ConfigurationException(
                $"The disk of {Key} ({folder}) has {Mebibytes(free)} left, but one checkpoint of this run takes at least {Mebibytes(checkpointBytes)}. "
                + $"Make room, or name a folder on another disk with --set {Key}=DIR.");
        }
    }

    // The folders that are not there yet, the innermost first.
    private static IEnumerable<string> Missing(string folder)
    {
        for (string? next = folder; next is not null && !Path.Exists(next); next = Path.GetDirectoryName(next))
        {
            yield return next;
        }
    }

    private static void RemoveEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())   // another program may have begun a run there meanwhile
        {
            Directory.Delete(folder);
        }
    }

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024.0):N1} MiB");
}
