namespace Parallax.Plugins.Datasets;

/// <summary>What is kept in memory after an image was decoded.</summary>
public enum ImageCache
{
    /// <summary>Nothing; every epoch decodes again.</summary>
    None,

    /// <summary>Every image at full size, one byte per sample: for small images. 16-bit files become 8-bit.</summary>
    Decoded,
}

/// <summary>Settings of data sets that read class folders of images, section <c>data</c>.</summary>
public abstract record ImageFileOptions : FolderOptions
{
    /// <summary>Whether decoded images stay in memory.</summary>
    public ImageCache Cache { get; init; }
}
