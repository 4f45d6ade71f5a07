namespace Parallax.Host.Surveys;

/// <summary>Images of a class.</summary>
/// <param name="Name">Name of the class.</param>
/// <param name="Images">How many of the split belong to it.</param>
internal sealed record ClassCount(string Name, long Images);

/// <summary>Sizes of the images that were looked at, ordered by their shorter side.</summary>
/// <param name="Smallest">First.</param>
/// <param name="Median">Middle one.</param>
/// <param name="Largest">Last.</param>
internal sealed record SizeRange(ImageSize Smallest, ImageSize Median, ImageSize Largest)
{
    /// <summary>Shorter side of the median image in pixels.</summary>
    public int Side => Math.Min(Median.Height, Median.Width);
}

/// <summary>Lengths of the videos that were looked at.</summary>
/// <param name="FewestFrames">Frames of the shortest.</param>
/// <param name="MedianFrames">Frames of the middle one.</param>
/// <param name="MedianSeconds">Its seconds.</param>
internal sealed record VideoLengths(int FewestFrames, int MedianFrames, double MedianSeconds);

/// <summary>What a look at one split of a data set shows.</summary>
/// <param name="Count">Images, or videos, of the split.</param>
/// <param name="Classes">Classes in label order; empty without labels.</param>
/// <param name="Looked">How many of the images were read, evenly spread over all.</param>
/// <param name="Broken">Those of them that cannot be read: file and reason.</param>
/// <param name="Sizes">Sizes of the others; null when none could be read.</param>
/// <param name="Lengths">Lengths of the others; null for images.</param>
internal sealed record SplitSurvey(
    long Count, IReadOnlyList<ClassCount> Classes, int Looked, IReadOnlyList<string> Broken, SizeRange? Sizes, VideoLengths? Lengths)
{
    /// <summary>Looks at a split: counts all labels, reads some images.</summary>
    /// <param name="split">The split.</param>
    /// <param name="most">Images that are read at most.</param>
    /// <param name="cancellation">Ends it.</param>
    public static SplitSurvey Of(IImageDataset split, int most, CancellationToken cancellation)
    {
        var count = split.Info.Count;
        var looks = new Look[(int)Math.Min(count, most)];
        Parallel.For(0, looks.Length, new ParallelOptions { CancellationToken = cancellation }, () => new ImageBuffer(), (i, _, image) =>
        {
            looks[i] = At(split, i * count / looks.Length, image);
            return image;
        }, _ => { });
        Look[] whole = [.. looks.Where(look => look.Fault is null)];

        return new(count, CountClasses(split), looks.Length, [.. looks.Select(look => look.Fault).OfType<string>()], SizesOf(whole), LengthsOf(whole));
    }

    private static Look At(IImageDataset split, long index, ImageBuffer image)
    {
        try
        {
            var video = (split as IVideoDataset)?.Video(index);
            split.Read(index, image);

            return new(image.Size, video, null);
        }
        catch (CorruptSampleException fault)
        {
            return new(default, null, fault.Message);
        }
    }

    private static List<ClassCount> CountClasses(IImageDataset split)
    {
        var counts = new long[split.Info.Classes.Count];
        for (var index = 0L; counts.Length > 0 && index < split.Info.Count; index++)
        {
            if (split.Label(index) is >= 0 and var label)
            {
                counts[label]++;
            }
        }

        return [.. split.Info.Classes.Zip(counts, (name, images) => new ClassCount(name, images))];
    }

    private static SizeRange? SizesOf(Look[] looks)
    {
        ImageSize[] sizes =
            [.. looks.Select(look => look.Size).OrderBy(size => Math.Min(size.Height, size.Width)).ThenBy(size => (long)size.Height * size.Width)];

        return sizes.Length == 0 ? null : new(sizes[0], sizes[sizes.Length / 2], sizes[^1]);
    }

    private static VideoLengths? LengthsOf(Look[] looks)
    {
        VideoInfo[] videos = [.. looks.Select(look => look.Video).OfType<VideoInfo>().OrderBy(video => video.Frames)];

        return videos.Length == 0 ? null : new(videos[0].Frames, videos[videos.Length / 2].Frames, videos[videos.Length / 2].Seconds);
    }

    private readonly record struct Look(ImageSize Size, VideoInfo? Video, string? Fault);
}
