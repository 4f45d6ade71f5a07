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
/// <param name="location">Where they are, for messages.</param>
/// <param name="places">A folder, or archives in their order.</param>
/// <param name="layout">What is in them.</param>
internal sealed class FolderVideos(string location, IReadOnlyList<string> places, SplitLayout layout) : IVideoSplits
{
    public bool HasTest => layout.HasTest;

    public VideoFiles Find(DatasetSplit split)
    {
        var files = layout.Find(split);

        var shards = places.Count > 1 ? $"{places.Count} tar shards; " : "";

        return new(location, FileStores.OpenAll(places), files)
        {
            Layout = shards + layout.Description, LeftOut = layout.LeftOut, Prefixes = Shards.Prefixes(places),
        };
    }
}
