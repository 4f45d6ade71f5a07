namespace Parallax.Plugins.Parts;

/// <summary>Two clips of a video at one pace that overlap in time by one of the rates of <see cref="OverlapRates"/>.</summary>
/// <remarks>
/// Zhang et al., "Contrastive Spatio-Temporal Pretext Learning for Self-supervised Video Representation", AAAI 2022, https://arxiv.org/abs/2112.08913, and the
/// authors' code: every frame, or every second, fourth or eighth, as far as the video is long enough; the first clip begins uniformly, the rate and the side
/// of the second are drawn until it lies in the video. In a video that is too short both begin at its first frame.
/// </remarks>
public sealed class OverlappingClips : IClipSampler
{
    /// <summary>How many paces there are: class k takes every 2^k-th frame.</summary>
    public const int Paces = 4;

    /// <summary>The class of a clip's pace.</summary>
    /// <param name="span">Frames of the video from the first to the last of the clip.</param>
    /// <param name="frames">Frames of the clip, at least 2.</param>
    /// <returns>From 0 to <see cref="Paces"/> - 1.</returns>
    public static int PaceOf(double span, long frames) => Math.Clamp((int)Math.Round(Math.Log2(span / (frames - 1))), 0, Paces - 1);

    /// <inheritdoc/>
    public int? DrawStride(ref CounterRandom random, VideoInfo video, IReadOnlyList<ClipSpec> clips)
    {
        var possible = 1;
        while (possible < Paces && Span(clips[0] with { Stride = 1 << possible }) <= video.Frames)
        {
            possible++;
        }

        return 1 << random.NextInt(possible);
    }

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts)
    {
        var span = Span(clips[0]);
        var places = video.Frames - span;   // at which a clip may begin
        if (places < 1)
        {
            starts.Clear();
            return;
        }

        var first = random.NextInt(places);
        var second = -1;
        while (second < 0 || second >= places)
        {
            var overlapClass = random.NextInt(OverlapRates.Count);
            second = OverlapRates.SecondStart(first, span, overlapClass, behind: random.Chance(0.5));
        }

        for (var view = 0; view < starts.Length; view++)
        {
            starts[view] = view % 2 == 0 ? first : second;
        }
    }

    private static int Span(ClipSpec clip) => (clip.Frames - 1) * clip.Stride;
}
