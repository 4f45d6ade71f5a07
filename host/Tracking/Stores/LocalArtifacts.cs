namespace Parallax.Host.Tracking;

/// <summary>Files of runs whose artifact location is a folder of this machine.</summary>
internal static class LocalArtifacts
{
    /// <summary>The path in a <c>file:</c> address, also where it is not in full form (<c>file:runs</c>).</summary>
    public static string PathOf(string fileUri) =>
        Uri.TryCreate(fileUri, UriKind.Absolute, out var uri) && uri.IsFile ? uri.LocalPath : Uri.UnescapeDataString(fileUri["file:".Length..]);

    /// <summary>The folder that an artifact URI names, or null when it is not a local one.</summary>
    /// <param name="artifactUri"><c>file:///abs</c>, an absolute or a relative path.</param>
    /// <param name="directory">What a relative location is relative to.</param>
    public static string? Folder(string artifactUri, string directory)
    {
        if (artifactUri.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return PathOf(artifactUri);
        }

        var isUri = artifactUri.IndexOf(':', StringComparison.Ordinal) > 1;
        return isUri ? null : Path.GetFullPath(artifactUri, directory);
    }

    /// <summary>Copies a spooled file to its place, so that readers see it whole or not at all.</summary>
    public static void Store(string folder, string file, string artifactPath)
    {
        var target = Within(folder, artifactPath);
        try
        {
            AtomicFile.Replace(target, stream =>
            {
                using var source = File.OpenRead(file);
                source.CopyTo(stream);
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var (failure, advice) = e is IOException
                ? (StoreFailure.Suspect, "")
                : (StoreFailure.Rejected, " Make the folder writable, or log to a server that proxies artifacts.");
            throw new StoreException(failure, $"The artifact '{artifactPath}' cannot be written to {folder}: {e.Message}{advice}", e);
        }
    }

    /// <summary>Names of the files in a folder of a run's files; none when it is not there.</summary>
    public static IReadOnlyList<string> List(string folder, string below)
    {
        var directory = new DirectoryInfo(Within(folder, below));

        return Reading(below, () => directory.Exists ? (string[])[.. directory.EnumerateFiles().Select(file => file.Name).Order(StringComparer.Ordinal)] : []);
    }

    /// <summary>The content of a file; null when it is not there.</summary>
    public static byte[]? Read(string folder, string artifactPath)
    {
        var file = Within(folder, artifactPath);

        return Reading(artifactPath, () => File.Exists(file) ? File.ReadAllBytes(file) : null);
    }

    private static string Within(string folder, string artifactPath)
    {
        var target = Path.GetFullPath(artifactPath, folder);

        return target.StartsWith(folder.TrimEnd('/') + '/', StringComparison.Ordinal) ? target : throw new StoreException(
            StoreFailure.Rejected, $"The artifact path '{artifactPath}' leaves the folder of the run; expected a relative path such as plots/curves.svg.");
    }

    private static T Reading<T>(string artifactPath, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFailure.Suspect, $"The artifact '{artifactPath}' cannot be read: {e.Message}", e);
        }
    }
}
