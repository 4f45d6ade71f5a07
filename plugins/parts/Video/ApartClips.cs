using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Two clips of a video that begin some time apart.</summary>
/// <remarks>The option table of Xiao et al., ECCV 2022, https://arxiv.org/abs/2106.09703. Ours: the time is drawn uniformly; a video that is too short for it
/// has its clips as far apart as it allows; either is the first view.</remarks>
/// <param name="minSeconds">Least time, not negative.</param>
/// <param name="maxSeconds">Most time, not less.</param>
public sealed class ApartClips(double minSeconds, double maxSeconds) : IClipSampler
{
    private const double Rounding = 1e-9;   // of a frame: half a second of 30 frames are 15

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts)
    {
        var last = Math.Max(0, video.Frames - (int)Math.Ceiling(clips.Max(clip => clip.Covers(video))));   // at which a clip may begin
        var most = Math.Min((int)(maxSeconds * video.FramesPerSecond), last);
        var least = Math.Min((int)Math.Ceiling((minSeconds * video.FramesPerSecond) - Rounding), most);
        var apart = least + random.NextInt(most - least + 1);
        var earlier = random.NextInt(last - apart + 1);
        var later = random.Chance(0.5) ? 0 : 1;   // which of the two views
        for (var view = 0; view < starts.Length; view++)
        {
            starts[view] = view % 2 == later ? earlier + apart : earlier;
        }
    }
}
