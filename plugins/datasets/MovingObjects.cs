using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Parallax.Plugins.Datasets;

/// <summary>Settings of <c>moving-objects</c>, section <c>data</c>.</summary>
public sealed record MovingObjectsOptions : DatasetOptions
{
    /// <summary>Training videos.</summary>
    [Range(1, 1_000_000)]
    public int Count { get; init; } = 2_000;

    /// <summary>Test videos.</summary>
    [Range(1, 1_000_000)]
    public int TestCount { get; init; } = 500;

    /// <summary>Objects, each a pair of pattern and outline; 2 to 50.</summary>
    [Range(2, 50)]
    public int Classes { get; init; } = 10;

    /// <summary>What the label of a video is.</summary>
    public VideoLabel Label { get; init; }

    /// <summary>Frames of a video, 12 a second.</summary>
    [Range(1, 10_000)]
    public int Frames { get; init; } = 24;

    /// <summary>Height and width in pixels.</summary>
    [Range(16, 512)]
    public int Size { get; init; } = 32;

    /// <summary>Seed of the videos; independent of the run's seed, so that all runs see the same data.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>What a drawn video is labelled by.</summary>
public enum VideoLabel
{
    /// <summary>The object, which every frame shows.</summary>
    Shape,

    /// <summary>Where the object moves: right, left, down or up, which no single frame shows.</summary>
    Direction,
}

/// <summary>Drawn videos: an object with a pattern moves before a textured background that drifts slowly. Needs no files, so that methods that learn from
/// motion can be tried at once.</summary>
/// <remarks>
/// The object is one of <c>shapes</c>, smaller. Its direction is within 20 degrees of right, left, down or up and independent of the object; speed, colours,
/// size, background and drift are drawn at random. What leaves the frame comes in again on the other side. Video i is a function of (seed, split, i) only;
/// frames are drawn when they are read.
/// </remarks>
[Plugin("moving-objects", Options = typeof(MovingObjectsOptions), Summary = "Drawn videos of objects that move before a drifting background; needs no files",
    Family = "embedded")]
public sealed class MovingObjectsSource(MovingObjectsOptions options) : IDatasetSource
{
    private const int Channels = 3;
    private const int DrawingVersion = 1;   // raised when the same options draw other videos
    private ChannelStatistics? _statistics;

    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        _statistics ??= options.Statistics(Channels) ?? OfMiddleFrames();

        return Create(split, _statistics);
    }

    private ChannelStatistics OfMiddleFrames()
    {
        using var videos = Create(DatasetSplit.Train, new([0, 0, 0], [1, 1, 1]));

        return ChannelStatistics.OfSample(options.Count, Channels, (i, image) => videos.Read(i, image));
    }

    private MovingObjectDataset Create(DatasetSplit split, ChannelStatistics statistics)
    {
        var count = split == DatasetSplit.Train ? options.Count : options.TestCount;
        string[] shapes = [.. Enumerable.Range(0, options.Classes).Select(ShapeDataset.ClassName)];
        using var digest = new ContentDigest();
        var content = string.Create(
            CultureInfo.InvariantCulture,
            $"moving-objects {DrawingVersion} {split} {count} {options.Classes} {options.Label} {options.Frames} {options.Size} {options.Seed}");
        var info = new DatasetInfo(
            "moving-objects", split, count, options.Label == VideoLabel.Shape ? shapes : MovingObjectDataset.Directions, Channels,
            new(options.Size, options.Size), statistics.Mean, statistics.Std, digest.Add(content).Finish(), "embedded");

        return new(info, options);
    }
}
