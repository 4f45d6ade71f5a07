using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Clips that begin with their video, and one that begins later.</summary>
/// <remarks>
/// Hosseini Khorasgani et al., "SLIC: Self-Supervised Learning with Iterative Clustering for Human Action Videos", CVPR 2022,
/// https://arxiv.org/abs/2206.12534, and the authors' code: of L frames and clips of T the later one begins uniformly in [min(T, L - T), L - T], so that it
/// shares no frame with a clip at the start where the video is long enough; at the first frame of a video shorter than a clip.
/// </remarks>
/// <param name="laterView">The view whose clip begins later, from 0.</param>
public sealed class AnchorAndLaterClips(int laterView) : IClipSampler
{
    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts)
    {
        starts.Clear();
        var covers = (int)Math.Ceiling(clips[laterView].Covers(video));
        var last = Math.Max(0, video.Frames - covers);   // at which the clip may begin
        var first = Math.Min(covers, last);
        starts[laterView] = first + random.NextInt(last - first + 1);
    }
}
