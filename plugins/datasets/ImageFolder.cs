namespace Parallax.Plugins.Datasets;

/// <summary>Settings of <c>image-folder</c>, section <c>data</c>.</summary>
public sealed record ImageFolderOptions : FolderOptions;

/// <summary>JPEG, PNG, WebP, GIF and BMP files sorted into class folders, in a folder or in an uncompressed tar archive.</summary>
/// <remarks>
/// The layout and the order are those of torchvision's <c>ImageFolder</c>: classes in ordinal order, then paths. Files are chosen by extension and decoded by
/// their first bytes; what is left out is told. A folder and a tar of it give the same:
/// the rules on hidden files and links are those of <see cref="TreeWalk"/>.
/// Images are turned upright by their EXIF orientation, which torchvision's loader ignores; transparency is dropped, of animations the first frame is taken.
/// The digest covers all names and sizes and the bytes of up to 512 files.
/// </remarks>
[Plugin("image-folder", Options = typeof(ImageFolderOptions),
    Summary = "JPEG, PNG, WebP, GIF and BMP files as SPLIT/CLASS/* in a folder or an uncompressed tar", Family = "files")]
public sealed class ImageFolderSource(FolderOptions options, IImageDecoder decoder) : IDatasetSource
{
    private readonly Lazy<(string Location, SplitLayout Layout)> _index = new(() => ReadIndex(options));
    private ChannelStatistics? _statistics;

    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        var (location, layout) = _index.Value;
        var files = layout.Find(split);
        var store = OpenStore(location);
        try
        {
            var survey = Survey(files, store);
            _statistics ??= options.Statistics(options.Channels) ?? Survey(layout.Find(DatasetSplit.Train), store).Statistics(options.Channels);
            var info = new DatasetInfo("image-folder", split, files.Files.Length, files.Classes, options.Channels, survey.SharedSize(),
                _statistics.Mean, _statistics.Std, survey.Digest(), location)
            {
                Layout = layout.Description,
                LeftOut = layout.LeftOut,
            };

            return new ImageFolderDataset(store, files, decoder, options.Channels, options.Cache == ImageCache.Decoded) { Info = info };
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool Has(DatasetSplit split) => split == DatasetSplit.Train || _index.Value.Layout.HasTest;

    private static (string Location, SplitLayout Layout) ReadIndex(FolderOptions options)
    {
        var location = DataPath.Require(options.Path, "a folder or an uncompressed tar with SPLIT/CLASS/*.jpg, *.png, *.webp, *.gif or *.bmp");

        return (location, new SplitLayout(location, List(location), options.Layout, NullIfEmpty(options.TrainSplit), NullIfEmpty(options.TestSplit)));
    }

    /// <param name="location">Folder or archive.</param>
    /// <param name="textExtension">Extension of files that are kept beside the images; null for none.</param>
    /// <exception cref="ConfigurationException">A folder or the archive may not be read, or its disk fails, or the archive is damaged.</exception>
    internal static FileListing List(string location, string? textExtension = null)
    {
        try
        {
            if (Directory.Exists(location))
            {
                return TreeWalk.Of(new FolderTree(location), textExtension);
            }

            var archive = new TarTree(TarIndex.Read(location));
            var listing = TreeWalk.Of(archive, textExtension);

            return listing with { LeftOut = [.. listing.LeftOut, .. archive.LeftOut] };
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            throw new ConfigurationException($"{location} cannot be read: {fault.Message} Correct its permissions, or data.path.");
        }
    }

    internal static IFileStore OpenStore(string location) => Directory.Exists(location) ? new FolderStore(location) : new TarStore(location);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private FileSurvey Survey(SplitFiles files, IFileStore store) => new(files.Files.Length, i => (store, files.Files[i]), decoder);
}
