namespace Parallax.Contracts;

/// <summary>Reads the files that <c>parallax pack</c> writes; a service of the host.</summary>
public interface IPackedImages
{
    /// <summary>Maps a file into memory and opens a split of it. The caller disposes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="split">Which part.</param>
    /// <exception cref="ConfigurationException">The file is missing, is no packed file, is damaged or cut short, was written in another version, or lacks the
    /// split.</exception>
    IImageDataset Open(string path, DatasetSplit split);
}
