using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>All clips of a video have the same middle frame: that of the first, which begins uniformly where it fits, in a shorter video at its
/// start.</summary>
public sealed class CentredClips : IClipSampler
{
    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts)
    {
        var places = Math.Max(0, video.Frames - (int)Math.Ceiling(clips[0].Covers(video))) + 1;   // at which the first may begin
        var middle = random.NextInt(places) + ToMiddle(video, clips[0]);
        for (var view = 0; view < starts.Length; view++)
        {
            starts[view] = Math.Max(0, middle - ToMiddle(video, clips[view]));
        }
    }

    // Frames of the video from the first frame of a clip to its frame T / 2.
    private static double ToMiddle(VideoInfo video, ClipSpec clip) =>
        clip.Frames == 1 ? 0 : Math.Floor((clip.Covers(video) - 1) * (clip.Frames / 2) / (clip.Frames - 1));
}
