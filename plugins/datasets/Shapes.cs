using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Parallax.Plugins.Datasets;

/// <summary>Settings of <c>shapes</c>, section <c>data</c>.</summary>
public sealed record ShapesOptions : DatasetOptions
{
    /// <summary>Training images.</summary>
    [Range(1, 10_000_000)]
    public int Count { get; init; } = 8_000;

    /// <summary>Test images.</summary>
    [Range(1, 10_000_000)]
    public int TestCount { get; init; } = 2_000;

    /// <summary>Classes, each a pair of pattern and outline; 2 to 50.</summary>
    [Range(2, 50)]
    public int Classes { get; init; } = 10;

    /// <summary>Height and width in pixels.</summary>
    [Range(16, 512)]
    public int Size { get; init; } = 32;

    /// <summary>Seed of the pictures; independent of the run's seed, so that all runs see the same data.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>Drawn pictures: an object with a pattern before a cluttered background. Needs no files, so everything can be tried at once.</summary>
/// <remarks>
/// A class is a pair of outline and pattern. Colours, place, size, rotation, light, background, partial cover and noise are independent of it, so comparing
/// pixels says little about the class. Image i is a function of (seed, split, i) only; it is drawn when first read and kept as bytes.
/// </remarks>
[Plugin("shapes", Options = typeof(ShapesOptions), Summary = "Drawn pictures of textured objects with labels; needs no files", Family = "embedded")]
public sealed class ShapesSource(ShapesOptions options) : IDatasetSource
{
    private const int Channels = 3;
    private const int DrawingVersion = 1;   // raised when the same options draw other pictures
    private readonly Lazy<ShapeDataset> _train = new(() => Create(DatasetSplit.Train, options, new([0, 0, 0], [1, 1, 1])));
    private ChannelStatistics? _statistics;

    /// <inheritdoc/>
    public IImageDataset Open(DatasetSplit split)
    {
        _statistics ??= options.Statistics(Channels)
            ?? ChannelStatistics.OfSample(options.Count, Channels, (i, image) => _train.Value.Read(i, image));

        return Create(split, options, _statistics);
    }

    private static ShapeDataset Create(DatasetSplit split, ShapesOptions options, ChannelStatistics statistics)
    {
        var count = split == DatasetSplit.Train ? options.Count : options.TestCount;
        string[] classes = [.. Enumerable.Range(0, options.Classes).Select(ShapeDataset.ClassName)];
        using var digest = new ContentDigest();
        var content = string.Create(CultureInfo.InvariantCulture, $"shapes {DrawingVersion} {split} {count} {options.Classes} {options.Size} {options.Seed}");

        return new ShapeDataset(
            new DatasetInfo("shapes", split, count, classes, Channels, new(options.Size, options.Size), statistics.Mean, statistics.Std, digest.Add(content)
                .Finish(), "embedded")
            {
                Captions = "captions are made from class names",
            },
            options.Seed);
    }
}
