namespace Parallax.Plugins.Datasets;

/// <summary>Stands for what is in many files without reading all of them.</summary>
internal static class FileDigest
{
    /// <param name="count">Number of files.</param>
    /// <param name="fileAt">A file and what reads it, by its index.</param>
    /// <param name="read">Indices of the files whose bytes count; of all others only name and size do.</param>
    public static string Of(int count, Func<int, (IFileStore Store, StoredFile File)> fileAt, IEnumerable<long> read)
    {
        using var digest = new ContentDigest();
        for (var i = 0; i < count; i++)
        {
            var (_, file) = fileAt(i);
            digest.Add(file.Path).Add(file.Length);
        }

        foreach (var index in read)
        {
            var (store, file) = fileAt((int)index);
            try
            {
                store.Read(file, digest, static (bytes, d) => d.Add(bytes));
            }
            catch (CorruptSampleException)
            {
                digest.Add("unreadable");   // reported when training reads it
            }
        }

        return digest.Finish();
    }
}
