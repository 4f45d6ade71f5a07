using Parallax.Host.Configuration;

namespace Parallax.Host.Data;

/// <summary>What an evaluation looks at of each sample; features are averaged over all of it.</summary>
/// <param name="Clip">The clips of a video; null takes images, or the middle frame of a video.</param>
/// <param name="Clips">Clips of a video; of the longest one where <paramref name="Sampling"/> says how many there are.</param>
/// <param name="Crops">Crops of a clip.</param>
/// <param name="Sampling">Where the clips begin.</param>
/// <param name="Places">Where the crops lie.</param>
public sealed record EvaluationViews(
    ClipSpec? Clip = null, int Clips = 1, int Crops = 1, TestSampling Sampling = TestSampling.Even, TestCropPlaces Places = TestCropPlaces.Spread)
{
    /// <summary>The centre of an image.</summary>
    public static EvaluationViews Image { get; } = new();

    /// <summary>How an image becomes a square; clips are cropped.</summary>
    public ImageFit Fit { get; init; }

    /// <summary>What is seen of each video, for people: <c>10 clips x 3 crops, even</c>; null for images.</summary>
    public string? Description
    {
        get
        {
            var clips = Sampling is TestSampling.HalfOverlapping or TestSampling.BackToBack ? "all clips" : Clips == 1 ? "1 clip" : $"{Clips} clips";
            var places = Places == TestCropPlaces.Spread ? "" : $", {EnumNames.Of(Places)}";

            return Clip is null ? null : $"{clips} x {(Crops == 1 ? "1 crop" : $"{Crops} crops")}, {EnumNames.Of(Sampling)}{places}";
        }
    }

    /// <summary>Views of a sample; the most of any, where videos differ.</summary>
    public int Count => Clip is null ? 1 : Clips * Crops;

    /// <summary>Shapes of the views.</summary>
    /// <param name="channels">Of the data set.</param>
    /// <param name="side">Height and width.</param>
    public IReadOnlyList<ViewShape> Shapes(int channels, int side) =>
        [.. Enumerable.Repeat(Shape(channels, side), Count)];

    /// <summary>The same with as many clips as the longest video of a split has room for, where the sampling says so.</summary>
    /// <param name="data">The split; its videos are opened.</param>
    internal EvaluationViews For(IImageDataset data)
    {
        if (Clip is null || Sampling is not (TestSampling.HalfOverlapping or TestSampling.BackToBack) || data is not IVideoDataset videos)
        {
            return this;
        }

        var most = 1;
        for (var index = 0L; index < data.Info.Count; index++)
        {
            most = Math.Max(most, ClipsIn(videos, index));
        }

        return this with { Clips = most };
    }

    /// <summary>Shape of each view.</summary>
    internal ViewShape Shape(int channels, int side) => new(channels, side, side) { Frames = Clip?.Frames ?? 0 };

    /// <summary>The frames at which the clips of a video begin.</summary>
    internal double[] StartsIn(VideoInfo video) => EvaluationClips.Starts(Sampling, video, Clip!, Clips);

    /// <summary>Where a crop lies.</summary>
    /// <param name="crop">0 to <see cref="Crops"/> - 1.</param>
    internal CropPlace PlaceOf(int crop) => new(Places, crop, Crops);

    // One that cannot be read is left out or replaced when its turn comes.
    private int ClipsIn(IVideoDataset videos, long index)
    {
        try
        {
            return StartsIn(videos.Video(index)).Length;
        }
        catch (CorruptSampleException)
        {
            return 1;
        }
    }
}
