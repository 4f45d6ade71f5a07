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
        var target = Path.GetFullPath(artifactPath, folder);
        if (!target.StartsWith(folder.TrimEnd('/') + '/', StringComparison.Ordinal))
        {
            throw new StoreException(
                StoreFailure.Rejected, $"The artifact path '{artifactPath}' leaves the folder of the run; expected a relative path such as plots/curves.svg.");
        }

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
}
