namespace Parallax.Plugins.Datasets;

/// <summary>Folders and uncompressed tars as one thing.</summary>
internal static class FileStores
{
    /// <summary>What reads the files of a folder or an archive.</summary>
    public static IFileStore Open(string location) => Directory.Exists(location) ? new FolderStore(location) : new TarStore(location);

    /// <summary>What reads the files of one place, or of several archives.</summary>
    public static IFileStore OpenAll(IReadOnlyList<string> places) => places is [var one] ? Open(one) : new ShardStore(places);

    /// <summary>What one place holds, or several archives together.</summary>
    /// <param name="places">A folder or archives.</param>
    /// <param name="kind">Which files count.</param>
    /// <exception cref="ConfigurationException">A folder or an archive may not be read, or its disk fails, or an archive is damaged.</exception>
    public static FileListing ListAll(IReadOnlyList<string> places, FileKind kind)
    {
        if (places is [var one])
        {
            return List(one, kind);
        }

        FileListing[] listings = [.. places.Select(place => List(place, kind))];
        StoredFile[] files = [.. listings.Index().SelectMany(shard => shard.Item.Files.Select(file => file with { Shard = shard.Index }))];
        var others = listings.SelectMany(listing => listing.Others).GroupBy(other => other.Key)
            .ToDictionary(same => same.Key, same => same.Sum(other => other.Value));

        return new(kind, files, others, [.. listings.SelectMany(listing => listing.LeftOut).Distinct()]);
    }

    /// <param name="location">Folder or archive.</param>
    /// <param name="kind">Which files count.</param>
    /// <param name="textExtension">Extension of files that are kept beside them; null for none.</param>
    /// <exception cref="ConfigurationException">A folder or the archive may not be read, or its disk fails, or the archive is damaged.</exception>
    public static FileListing List(string location, FileKind kind, string? textExtension = null)
    {
        try
        {
            if (Directory.Exists(location))
            {
                return TreeWalk.Of(new FolderTree(location), kind, textExtension);
            }

            RequireNoSample(location, kind);
            var archive = new TarTree(TarIndex.Read(location, kind));
            var listing = TreeWalk.Of(archive, kind, textExtension);

            return listing with { LeftOut = [.. listing.LeftOut, .. archive.LeftOut] };
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            throw new ConfigurationException($"{location} cannot be read: {fault.Message} Correct its permissions, or data.path.");
        }
    }

    // Told by its name, as in a folder: of a file that is no tar, offsets tell nothing.
    private static void RequireNoSample(string location, FileKind kind)
    {
        var extension = Path.GetExtension(location);
        FileKind[] kinds = [kind, FileKind.Image, FileKind.Video];
        if (kinds.FirstOrDefault(one => one.Has(extension)) is { } found)
        {
            var advice = found == kind ? ": point data.path at the folder that it is in." : $".{kind.Hint([extension])}";

            throw new ConfigurationException($"{location} is a single {found.Name}. Expected a folder or an uncompressed tar with "
                + $"SPLIT/CLASS/{kind.Expected}{advice}");
        }
    }
}
