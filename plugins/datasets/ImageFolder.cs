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
public sealed record ImageFolderOptions : IValidatableObject
{
    /// <summary>A folder, or an uncompressed tar archive, with <c>SPLIT/CLASS/*</c>. Also <c>CLASS/*</c> or images without folders, for training only.</summary>
    [Required]
    public string Path { get; init; } = "";

    /// <summary>Folder of the training images; empty looks for <c>train</c> or <c>training</c>.</summary>
    public string? TrainSplit { get; init; }

    /// <summary>Folder of the test images; empty looks for <c>test</c>, <c>val</c>, <c>validation</c> or <c>valid</c>, in this order.</summary>
    public string? TestSplit { get; init; }

    /// <summary>3 decodes to RGB, 1 to grey.</summary>
    [AllowedValues(1, 3)]
    public int Channels { get; init; } = 3;

    /// <summary>Whether decoded images stay in memory.</summary>
    public ImageCache Cache { get; init; }

    /// <summary>Mean per channel in [0, 1]; empty means computed from 512 training images.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [];

    /// <summary>Standard deviation per channel; empty means computed from 512 training images.</summary>
    public IReadOnlyList<double> Std { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ChannelConstants.Validate(Mean, Std);
}

/// <summary>JPEG, PNG, WebP, GIF and BMP files sorted into class folders, in a folder or in an uncompressed tar archive.</summary>
/// <remarks>
/// The layout and the order are those of torchvision's <c>ImageFolder</c>: classes in ordinal order, then paths. Files are chosen by extension and decoded by their first bytes; others are ignored.
/// Images are turned upright by their EXIF orientation, which torchvision's loader ignores; transparency is dropped, of animations the first frame is taken. The digest covers all names and sizes and the bytes of up to 512 files.
/// </remarks>
[Plugin("image-folder", Options = typeof(ImageFolderOptions), Summary = "JPEG, PNG, WebP, GIF and BMP files as SPLIT/CLASS/* in a folder or an uncompressed tar", Family = "files")]
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
            _statistics ??= ChannelConstants.For(options.Channels, options.Mean, options.Std) ?? Measure(layout.Find(DatasetSplit.Train), store);
            var info = new DatasetInfo("image-folder", split, files.Files.Length, files.Classes, options.Channels, SharedSize(files, store),
                _statistics.Mean, _statistics.Std, Digest(files, store), location);

            return new ImageFolderDataset(store, files, decoder, options.Channels, options.Cache == ImageCache.Decoded) { Info = info };
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static (string Location, SplitLayout Layout) ReadIndex(ImageFolderOptions options)
    {
        var location = DataPath.Require(options.Path, "a folder or an uncompressed tar with SPLIT/CLASS/*.jpg, *.png, *.webp, *.gif or *.bmp");
        var files = Directory.Exists(location) ? FolderStore.Index(location) : TarIndex.Read(location);

        return (location, new SplitLayout(location, files, NullIfEmpty(options.TrainSplit), NullIfEmpty(options.TestSplit)));
    }

    private static IFileStore OpenStore(string location) => Directory.Exists(location) ? new FolderStore(location) : new TarStore(location);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private ChannelStatistics Measure(SplitFiles train, IFileStore store) => ChannelStatistics.OfSample(
        train.Files.Length, options.Channels, (i, image) => ImageFolderDataset.Decode(store, train.Files[i], decoder, options.Channels, image, smallestSide: null));

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
