using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Parallax.Host.Data;
using Parallax.Host.Evaluation;

namespace Parallax.Host.Planning;

/// <summary>What was found in a split of the data.</summary>
/// <param name="Split">Which: train or test.</param>
/// <param name="Images">Images it has.</param>
/// <param name="LookedAt">Images that were decoded.</param>
/// <param name="Unreadable">Some of those that cannot be read, with the reason.</param>
/// <param name="UnreadableCount">How many cannot be read.</param>
/// <param name="Smallest">The image with the shortest side, height and width in pixels; null where none can be read.</param>
/// <param name="Largest">The one with most pixels.</param>
/// <param name="SmallestClass">The class with the fewest images, and how many; null without labels. All that the run learns from
/// count, not only those looked at.</param>
/// <param name="LargestClass">The class with the most.</param>
internal sealed record SplitScan(
    string Split, long Images, long LookedAt, IReadOnlyList<string> Unreadable, int UnreadableCount, ImageSize? Smallest, ImageSize? Largest,
    ClassSize? SmallestClass, ClassSize? LargestClass)
{
    /// <summary>Whether the images are videos, of which the middle frames were decoded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AreVideos { get; init; }

    /// <summary>Images that the run learns from (<c>data.share</c>, <c>data.longTail</c>), and that classes are counted of; null for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Learned { get; init; }
}

/// <summary>Images of a class.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Images">How many.</param>
internal sealed record ClassSize(string Name, long Images);

/// <summary>Decodes images of the data and looks at what they are.</summary>
internal static class DataScan
{
    private const int MostNamed = 3;

    /// <summary>Scans a split: all of it, because protocols learn from images outside the share of a run, too.</summary>
    /// <param name="split">Images and labels.</param>
    /// <param name="learned">What the run learns from of it; the split itself where that is all.</param>
    /// <param name="most">Images that are decoded, chosen at random once; 0 decodes all.</param>
    /// <param name="contents">Receives a hash of the pixels of each image that can be read.</param>
    /// <param name="stop">Asks to stop.</param>
    public static SplitScan Of(IImageDataset split, IImageDataset learned, int most, out IReadOnlyList<ulong> contents, CancellationToken stop)
    {
        var part = DatasetSubset.Limit(split, most);
        var seen = new ConcurrentDictionary<long, (ulong Content, ImageSize Size)>();
        var faults = new ConcurrentDictionary<long, string>();
        Parallel.For(0, part.Info.Count, new ParallelOptions { CancellationToken = stop }, () => new ImageBuffer(), (index, _, image) =>
        {
            try
            {
                part.Read(index, image);
                seen[index] = (ContentHash.Of(image), image.Size);
            }
            catch (CorruptSampleException fault)
            {
                faults[index] = fault.Message;
            }

            return image;
        }, _ => { });
        contents = [.. seen.OrderBy(entry => entry.Key).Select(entry => entry.Value.Content)];
        var sizes = seen.Values.Select(entry => entry.Size).ToList();
        var classes = Classes(learned);

        return new(
            split.Info.Split == DatasetSplit.Train ? "train" : "test", split.Info.Count, part.Info.Count,
            [.. faults.OrderBy(fault => fault.Key).Take(MostNamed).Select(fault => fault.Value)], faults.Count,
            sizes.Count == 0 ? null : sizes.MinBy(size => Math.Min(size.Height, size.Width)),
            sizes.Count == 0 ? null : sizes.MaxBy(size => (long)size.Height * size.Width), classes.MinBy(one => one.Images), classes.MaxBy(one => one.Images))
        {
            AreVideos = split is IVideoDataset, Learned = learned == split ? null : learned.Info.Count,
        };
    }

    private static List<ClassSize> Classes(IImageDataset split)
    {
        var counts = new long[split.Info.Classes.Count];
        if (split is IMultiLabelImages images)
        {
            CountShown(images, split.Info.Count, counts);
        }

        for (var index = 0L; counts.Length > 0 && !split.Info.IsMultiLabel && index < split.Info.Count; index++)
        {
            counts[split.Label(index)]++;
        }

        return [.. split.Info.Classes.Select((name, label) => new ClassSize(name, counts[label]))];
    }

    private static void CountShown(IMultiLabelImages images, long count, long[] counts)
    {
        var shown = new sbyte[counts.Length];
        for (var index = 0L; index < count; index++)
        {
            images.ReadClasses(index, shown);
            for (var label = 0; label < shown.Length; label++)
            {
                counts[label] += shown[label] > 0 ? 1 : 0;
            }
        }
    }
}
