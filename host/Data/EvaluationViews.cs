namespace Parallax.Host.Data;

/// <summary>What an evaluation looks at of each sample; features are averaged over all of it.</summary>
/// <param name="Clip">The clips of a video; null takes images, or the middle frame of a video.</param>
/// <param name="Clips">Clips of a video: one from the middle, or several spread evenly from its start to its end.</param>
/// <param name="Crops">Crops of a clip: one from the middle, or several spread evenly over the longer side.</param>
public sealed record EvaluationViews(ClipSpec? Clip = null, int Clips = 1, int Crops = 1)
{
    /// <summary>The centre of an image.</summary>
    public static EvaluationViews Image { get; } = new();

    /// <summary>Views of a sample.</summary>
    public int Count => Clip is null ? 1 : Clips * Crops;

    /// <summary>Where a crop lies on the longer side: 0 at its start, 1 at its end.</summary>
    /// <param name="crop">0 to <see cref="Crops"/> - 1.</param>
    public double PlaceOf(int crop) => Crops == 1 ? 0.5 : (double)crop / (Crops - 1);

    /// <summary>Shapes of the views.</summary>
    /// <param name="channels">Of the data set.</param>
    /// <param name="side">Height and width.</param>
    public IReadOnlyList<ViewShape> Shapes(int channels, int side) =>
        [.. Enumerable.Repeat(new ViewShape(channels, side, side) { Frames = Clip?.Frames ?? 0 }, Count)];
}

/// <summary>The clips of an evaluation: k windows that begin at i (frames - covered) / (k - 1), i from 0 to k - 1; one lies in the middle.</summary>
internal sealed class EvenClips : IClipSampler
{
    /// <summary>The only one: it has no settings.</summary>
    public static EvenClips Instance { get; } = new();

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts)
    {
        for (var view = 0; view < starts.Length; view++)
        {
            var place = starts.Length == 1 ? 0.5 : (double)view / (starts.Length - 1);
            starts[view] = Math.Floor(place * Math.Max(0, video.Frames - clips[view].Covers(video)));
        }
    }
}
