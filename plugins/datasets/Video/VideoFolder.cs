using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Datasets;

/// <summary>Settings of <c>video-folder</c>, section <c>data</c>.</summary>
public sealed record VideoFolderOptions : FolderOptions
{
    /// <summary>
    /// A list of held-out videos, where <c>path</c> is a list of those for training: a file <c>.csv</c> or <c>.txt</c> with the path of a video and its class
    /// in each line; empty for none.
    /// </summary>
    public string? TestPath { get; init; }

    /// <summary>Folder or uncompressed tar to which the paths in lists are relative; empty takes the folder of the list.</summary>
    public string? Root { get; init; }
}

/// <summary>Video files sorted into class folders, in a folder or in uncompressed tar archives, or named by a list.</summary>
/// <remarks>
/// <para>The rules on splits, classes, hidden files and links are those of <c>image-folder</c>, and a tar gives what unpacking it would give. Several tars are
/// one set, in the order of their names: a folder of tars without videos beside them, or <c>shard-{000..009}.tar</c>. Formats are
/// told by what is in a file; its extension only says that it is a video. An AVI of Motion JPEG is decoded as images are; all else by the programs of
/// FFmpeg, which are installed when they are first needed.</para>
/// <para>Frames are exact: a frame is the same whatever else is decoded with it. They are upright by the file's rotation; pixels are taken as square.
/// What is cut short is an error; wrong bits inside a complete file cannot always be noticed.</para>
/// <para>The digest covers all names and sizes and the bytes of up to 64 files. The constants of the normalisation are those of the middle frames of up to 64
/// videos.</para>
/// </remarks>
[Plugin("video-folder", Options = typeof(VideoFolderOptions),
    Summary = "AVI, MP4, MKV, WebM, MOV and GIF videos as SPLIT/CLASS/* in a folder or an uncompressed tar, or named by a list", Family = "files")]
public sealed class VideoFolderSource : IDatasetSource
{
    private const int SampleSize = 64;   // each takes a process or two

    private readonly VideoFolderOptions _options;
    private readonly IImageDecoder _decoder;
    private readonly Lazy<IVideoSplits> _splits;
    private ChannelStatistics? _statistics;

    /// <summary>Prepares; nothing is read yet.</summary>
    public VideoFolderSource(VideoFolderOptions options, IImageDecoder decoder)
    {
        (_options, _decoder) = (options, decoder);
        _splits = new(() => Find(options));
    }

    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        var files = _splits.Value.Find(split);
        try
        {
            if (files.Split.Files.Any(file => !file.Path.EndsWith(".avi", StringComparison.OrdinalIgnoreCase)))
            {
                Ffmpeg.Require();   // rather now than in the middle of the first epoch
            }

            var reader = new VideoReader(files, _decoder, _options.Channels);
            var size = SharedSize(files.Count, reader);
            _statistics ??= _options.Statistics(_options.Channels) ?? TrainStatistics(split, files, reader);
            var info = new DatasetInfo("video-folder", split, files.Count, files.Split.Classes, _options.Channels, size, _statistics.Mean, _statistics.Std,
                FileDigest.Of(files.Count, i => (files.Store, files.Split.Files[i]), Spread.Numbers(files.Count, SampleSize)), files.Location)
            {
                Layout = files.Layout,
                LeftOut = files.LeftOut,
            };

            return new VideoFolderDataset(files, reader, info);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool ReadsVideoFiles => true;

    /// <inheritdoc/>
    public IReadOnlyList<string> FileEndings => [.. FileKind.Video.Extensions, ".tar", .. VideoList.ListExtensions];

    /// <inheritdoc/>
    public bool Has(DatasetSplit split) => split == DatasetSplit.Train || _splits.Value.HasTest;

    private static IVideoSplits Find(VideoFolderOptions options)
    {
        if (Shards.IsPattern(options.Path))
        {
            var shards = Shards.OfPattern(options.Path, "data.path");

            return InFolders(Path.GetFullPath(options.Path), shards, FileStores.ListAll(shards, FileKind.Video), options);
        }

        var location = DataPath.Require(options.Path, "a folder or an uncompressed tar with SPLIT/CLASS/*.mp4 (or .avi, .mkv, .webm, .mov, .gif), or a list of "
            + "videos (.csv, .txt)");
        if (VideoList.IsList(location))
        {
            return new ListedVideos(location, options);
        }

        var listing = FileStores.List(location, FileKind.Video);
        var places = listing.Files.Count > 0 ? [location] : Shards.OfFolder(location);   // of no archives the folder: its message says what is there

        return InFolders(location, places, places is [var one] && one == location ? listing : FileStores.ListAll(places, FileKind.Video), options);
    }

    private static FolderVideos InFolders(string location, IReadOnlyList<string> places, FileListing listing, VideoFolderOptions options) =>
        string.IsNullOrEmpty(options.TestPath) && string.IsNullOrEmpty(options.Root)
            ? new FolderVideos(location, places, options.LayoutOf(location, listing))
            : throw new ConfigurationException($"data.path '{location}' is a folder or an archive with splits of its own, but data.testPath and data.root "
                + "are for lists (.csv, .txt). Remove them, or name a list in data.path.");

    private ChannelStatistics TrainStatistics(DatasetSplit split, VideoFiles files, VideoReader reader)
    {
        if (split == DatasetSplit.Train)
        {
            return Statistics(files.Count, reader);
        }

        using var train = _splits.Value.Find(DatasetSplit.Train);

        return Statistics(train.Count, new(train, _decoder, _options.Channels));
    }

    private ChannelStatistics Statistics(int count, VideoReader reader) => ChannelStatistics.OfSample(count, _options.Channels,
        (i, image) => reader.Read((int)i, [VideoFolderDataset.Middle(reader.Info((int)i))], _ => image, smallestSide: null), SampleSize);

    /// <summary>The size that all of a part share, else null.</summary>
    private static ImageSize? SharedSize(int count, VideoReader reader)
    {
        var sizes = new HashSet<ImageSize>();
        foreach (var index in Spread.Numbers(count, SampleSize))
        {
            try
            {
                sizes.Add(reader.Info((int)index).Size);
            }
            catch (CorruptSampleException)
            {
                continue;   // reported when training reads it
            }
        }

        return sizes.Count == 1 ? sizes.Single() : null;
    }
}
