using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Parallax.Plugins.Datasets;

/// <summary>Settings of <c>moving-shapes</c>, section <c>data</c>.</summary>
public sealed record MovingShapesOptions : DatasetOptions
{
    /// <summary>Training videos.</summary>
    [Range(1, 1_000_000)]
    public int Count { get; init; } = 1_000;

    /// <summary>Test videos.</summary>
    [Range(1, 1_000_000)]
    public int TestCount { get; init; } = 400;

    /// <summary>Frames of a video, 12 a second.</summary>
    [Range(1, 10_000)]
    public int Frames { get; init; } = 24;

    /// <summary>Height and width in pixels.</summary>
    [Range(16, 512)]
    public int Size { get; init; } = 32;

    /// <summary>Seed of the pictures; independent of the run's seed, so that all runs see the same data.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>Drawn videos: a picture of <c>shapes</c> that moves. Needs no files, so that methods for video can be tried at once.</summary>
/// <remarks>The class is the direction of the motion, which no single frame shows. What leaves the frame comes in again on the other side. Video i is a
/// function of (seed, split, i) only.</remarks>
[Plugin("moving-shapes", Options = typeof(MovingShapesOptions), Summary = "Drawn videos of moving pictures, told apart by their direction; needs no files",
    Family = "embedded")]
public sealed class MovingShapesSource(MovingShapesOptions options) : IDatasetSource
{
    private const int Channels = 3;
    private const int PictureClasses = 9;   // no common divisor with the directions: every picture moves in all of them
    private const int DrawingVersion = 1;   // raised when the same options draw other pictures
    private ChannelStatistics? _statistics;

    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        _statistics ??= options.Statistics(Channels) ?? OfPictures();

        return new MovingShapeDataset(Pictures(split, _statistics), Info(split, _statistics), options.Frames, options.Seed);
    }

    /// <summary>Moving a picture does not change its statistics.</summary>
    private ChannelStatistics OfPictures()
    {
        using var pictures = Pictures(DatasetSplit.Train, new([0, 0, 0], [1, 1, 1]));

        return ChannelStatistics.OfSample(options.Count, Channels, (i, image) => pictures.Read(i, image));
    }

    private ShapeDataset Pictures(DatasetSplit split, ChannelStatistics statistics) => new(
        Info(split, statistics) with { Classes = [.. Enumerable.Range(0, PictureClasses).Select(ShapeDataset.ClassName)] }, options.Seed);

    private DatasetInfo Info(DatasetSplit split, ChannelStatistics statistics)
    {
        var count = split == DatasetSplit.Train ? options.Count : options.TestCount;
        using var digest = new ContentDigest();
        var content = string.Create(
            CultureInfo.InvariantCulture, $"moving-shapes {DrawingVersion} {split} {count} {options.Frames} {options.Size} {options.Seed}");

        return new(
            "moving-shapes", split, count, MovingShapeDataset.Directions, Channels, new(options.Size, options.Size), statistics.Mean, statistics.Std,
            digest.Add(content).Finish(), "embedded");
    }
}
