namespace Parallax.Plugins.Datasets;

/// <summary>Where the videos of each split are.</summary>
internal interface IVideoSplits
{
    /// <summary>Whether there are held-out videos.</summary>
    bool HasTest { get; }

    /// <summary>Opens a split. The caller disposes it.</summary>
    /// <exception cref="ConfigurationException">The split is not there, or its classes are not those of the training split.</exception>
    VideoFiles Find(DatasetSplit split);
}

/// <summary>Videos in the folders of splits and classes.</summary>
/// <param name="location">Folder or archive.</param>
/// <param name="layout">What is in it.</param>
internal sealed class FolderVideos(string location, SplitLayout layout) : IVideoSplits
{
    public bool HasTest => layout.HasTest;

    public VideoFiles Find(DatasetSplit split)
    {
        var files = layout.Find(split);

        return new(location, FileStores.Open(location), files) { Layout = layout.Description, LeftOut = layout.LeftOut };
    }
}
