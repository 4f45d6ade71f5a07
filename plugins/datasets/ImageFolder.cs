namespace Parallax.Plugins.Datasets;

/// <summary>Settings of <c>image-folder</c>, section <c>data</c>.</summary>
public sealed record ImageFolderOptions : ImageFileOptions;

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
public sealed class ImageFolderSource(ImageFileOptions options, IImageDecoder decoder) : IDatasetSource
{
    private readonly Lazy<(string Location, SplitLayout Layout)> _index = new(() => ReadIndex(options));
    private ChannelStatistics? _statistics;

    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        var (location, layout) = _index.Value;
        var files = layout.Find(split);
        var store = FileStores.Open(location);
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

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings => [.. FileKind.Image.Extensions, ".tar"];

    private static (string Location, SplitLayout Layout) ReadIndex(ImageFileOptions options)
    {
        var location = DataPath.Require(options.Path, "a folder or an uncompressed tar with SPLIT/CLASS/*.jpg, *.png, *.webp, *.gif or *.bmp");

        return (location, options.LayoutOf(location, FileKind.Image));
    }

    private FileSurvey Survey(SplitFiles files, IFileStore store) => new(files.Files.Length, i => (store, files.Files[i]), decoder);
}
