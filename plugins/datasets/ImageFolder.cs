using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;

namespace Parallax.Plugins.Datasets;

/// <summary>What is kept in memory after an image was decoded.</summary>
public enum ImageCache
{
    /// <summary>Nothing; every epoch decodes again.</summary>
    None,

    /// <summary>Every image at full size, one byte per sample: for small images. 16-bit files become 8-bit.</summary>
    Decoded,
}

/// <summary>Settings of <c>image-folder</c>, section <c>data</c>.</summary>
public sealed record ImageFolderOptions : DatasetOptions
{
    /// <summary>
    /// A folder, or an uncompressed tar archive, with <c>SPLIT/CLASS/*</c>, whatever folders are around. Also <c>CLASS/*</c> or images without folders, for
    /// training only.
    /// </summary>
    [Required]
    public string Path { get; init; } = "";

    /// <summary>
    /// How folders are read: auto takes those with the usual names as splits, else all as classes, and refuses what can be both; splits takes them as splits
    /// whatever is beside them; flat takes all as classes, whatever they are called.
    /// </summary>
    public DataLayout Layout { get; init; }

    /// <summary>Folder of the training images, by name or path; empty looks for <c>train</c> or <c>training</c>, in upper or lower case.</summary>
    public string? TrainSplit { get; init; }

    /// <summary>
    /// Folder of the test images, by name or path; empty looks for <c>test</c>, <c>testing</c>, <c>val</c>, <c>validation</c> or <c>valid</c>, in this order,
    /// first for one with classes.
    /// </summary>
    public string? TestSplit { get; init; }

    /// <summary>3 decodes to RGB, 1 to grey.</summary>
    [AllowedValues(1, 3)]
    public int Channels { get; init; } = 3;

    /// <summary>Whether decoded images stay in memory.</summary>
    public ImageCache Cache { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Layout == DataLayout.Flat && !(string.IsNullOrEmpty(TrainSplit) && string.IsNullOrEmpty(TestSplit)))
        {
            yield return new(
                "data.layout is flat, where there are no splits, but data.trainSplit or data.testSplit names one. Remove one of them.", [nameof(Layout)]);
        }

        foreach (var fault in base.Validate(validationContext))
        {
            yield return fault;
        }
    }
}

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
public sealed class ImageFolderSource(ImageFolderOptions options, IImageDecoder decoder) : IDatasetSource
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
            _statistics ??= options.Statistics(options.Channels) ?? Measure(layout.Find(DatasetSplit.Train), store);
            var info = new DatasetInfo("image-folder", split, files.Files.Length, files.Classes, options.Channels, SharedSize(files, store),
                _statistics.Mean, _statistics.Std, Digest(files, store), location)
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

    private static (string Location, SplitLayout Layout) ReadIndex(ImageFolderOptions options)
    {
        var location = DataPath.Require(options.Path, "a folder or an uncompressed tar with SPLIT/CLASS/*.jpg, *.png, *.webp, *.gif or *.bmp");

        return (location, new SplitLayout(location, List(location), options.Layout, NullIfEmpty(options.TrainSplit), NullIfEmpty(options.TestSplit)));
    }

    /// <exception cref="ConfigurationException">A folder or the archive may not be read, or its disk fails, or the archive is damaged.</exception>
    internal static FileListing List(string location)
    {
        try
        {
            if (Directory.Exists(location))
            {
                return TreeWalk.Of(new FolderTree(location));
            }

            var archive = new TarTree(TarIndex.Read(location));
            var listing = TreeWalk.Of(archive);

            return listing with { LeftOut = [.. listing.LeftOut, .. archive.LeftOut] };
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            throw new ConfigurationException($"{location} cannot be read: {fault.Message} Correct its permissions, or data.path.");
        }
    }

    private static IFileStore OpenStore(string location) => Directory.Exists(location) ? new FolderStore(location) : new TarStore(location);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private ChannelStatistics Measure(SplitFiles train, IFileStore store) => ChannelStatistics.OfSample(
        train.Files.Length, options.Channels, (i, image) =>
            ImageFolderDataset.Decode(store, train.Files[i], decoder, options.Channels, image, smallestSide: null));

    /// <summary>The size that all of a sample share, else null.</summary>
    private ImageSize? SharedSize(SplitFiles files, IFileStore store)
    {
        ImageSize? shared = null;
        foreach (var file in Sample(files))
        {
            var size = new StrongBox<ImageSize?>();
            try
            {
                store.Read(file, (decoder, size), static (bytes, s) => s.size.Value = s.decoder.ReadSize(bytes));
            }
            catch (CorruptSampleException)
            {
                continue;   // reported when training reads it
            }

            if (shared is not null && shared != size.Value)
            {
                return null;
            }

            shared = size.Value;
        }

        return shared;
    }

    private static string Digest(SplitFiles files, IFileStore store)
    {
        using var digest = new ContentDigest();
        foreach (var file in files.Files)
        {
            digest.Add(file.Path).Add(file.Length);
        }

        foreach (var file in Sample(files))
        {
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

    private static IEnumerable<StoredFile> Sample(SplitFiles files)
    {
        var count = Math.Min(files.Files.Length, ChannelStatistics.SampleSize);

        return Enumerable.Range(0, count).Select(i => files.Files[(long)i * files.Files.Length / count]);
    }
}
