using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Two clips of a video that begin near each other more often than far apart: <see cref="DecreasingInterval"/>.</summary>
/// <remarks>
/// Qian et al., "Spatiotemporal Contrastive Video Representation Learning", CVPR 2021, section 3.2, https://arxiv.org/abs/2008.03800, and the authors' code:
/// the earlier clip begins uniformly where the later one still fits, either is the first view; in a video shorter than a clip both begin uniformly in it.
/// </remarks>
/// <param name="power">Exponent of the density, positive; 1 decreases along a line.</param>
public sealed class NearbyClips(double power) : IClipSampler
{
    private readonly DecreasingInterval _interval = new(power);

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts)
    {
        var places = video.Frames - (int)Math.Ceiling(clips.Max(clip => clip.Covers(video))) + 1;   // at which a clip may begin
        if (places < 1)
        {
            foreach (ref var start in starts)
            {
                start = random.NextInt(video.Frames);
            }

            return;
        }

        var interval = (int)_interval.Frames(random.NextDouble(), places);
        var earlier = random.NextInt(places - interval);
        var later = random.Chance(0.5) ? 0 : 1;   // which of the two views
        for (var view = 0; view < starts.Length; view++)
        {
            starts[view] = view % 2 == later ? earlier + interval : earlier;
        }
    }
}
