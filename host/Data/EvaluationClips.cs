using Parallax.Host.Configuration;

namespace Parallax.Host.Data;

/// <summary>Where the clips of an evaluation begin.</summary>
/// <param name="views">Which clips.</param>
internal sealed class EvaluationClips(EvaluationViews views) : IClipSampler
{
    /// <inheritdoc/>
    /// <remarks>A video with fewer clips than the longest one repeats its first: no frames are decoded for nothing, and the writer leaves these out.</remarks>
    public void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts)
    {
        var own = views.StartsIn(video);
        own.CopyTo(starts);
        starts[own.Length..].Fill(own[0]);
    }

    /// <summary>The frames at which the clips begin, rising.</summary>
    /// <param name="sampling">The rule.</param>
    /// <param name="video">Length and rate.</param>
    /// <param name="clip">The clip.</param>
    /// <param name="count">Number of clips of the even rules; the others take as many as the video has room for.</param>
    public static double[] Starts(TestSampling sampling, VideoInfo video, ClipSpec clip, int count) => sampling switch
    {
        TestSampling.HalfOverlapping => HalfOverlapping(video, clip),
        TestSampling.BackToBack => BackToBack(video, clip),
        TestSampling.EvenShares => Even(video, clip, count, (i, room) => room * i / count),
        TestSampling.EvenSteps => Even(video, clip, count, (i, room) => count == 1 ? room / 2 : i * Math.Floor(room / (count - 1))),
        _ => Even(video, clip, count, (i, room) => (count == 1 ? 0.5 : (double)i / (count - 1)) * room),   // i (frames - covered) / (k - 1)
    };

    // Whole frames, i from 0 to k - 1.
    private static double[] Even(VideoInfo video, ClipSpec clip, int count, Func<int, double, double> start)
    {
        var room = Math.Max(0, video.Frames - clip.Covers(video));

        return [.. Enumerable.Range(0, count).Select(i => Math.Floor(start(i, room)))];
    }

    // A clip takes T stride frames here, though it covers stride - 1 fewer, and the next begins one frame before its middle: as in the authors' code.
    private static double[] HalfOverlapping(VideoInfo video, ClipSpec clip)
    {
        var window = clip.Seconds is null && clip.Rate is null ? clip.Frames * clip.Stride : (int)clip.Covers(video);
        var step = Math.Max(1, (window / 2) - 1);

        return [.. Enumerable.Range(0, 1 + (Math.Max(0, video.Frames - window) / step)).Select(i => (double)i * step)];
    }

    private static double[] BackToBack(VideoInfo video, ClipSpec clip)
    {
        var window = Math.Max(1, (int)clip.Covers(video));
        var last = Math.Max(0, video.Frames - window);

        return [.. Enumerable.Range(0, (last + window - 1) / window).Select(i => (double)i * window), last];
    }
}
