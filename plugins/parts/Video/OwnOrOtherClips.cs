using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>The views of a video show the same clip, or the second one of its own.</summary>
/// <remarks>As Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, https://arxiv.org/abs/2010.09709, in its code; ours
/// for Saleh et al., "iBoot", 2022, https://arxiv.org/abs/2206.08339. Clips begin uniformly where they fit; in a video shorter than a clip at its first
/// frame.</remarks>
/// <param name="otherShare">Share of the videos whose views differ, a fraction in [0, 1].</param>
/// <param name="isShared">Whether the first number of <see cref="RandomPurpose.Pair"/> decides it, which augmentations of the views can draw again.</param>
public sealed class OwnOrOtherClips(double otherShare, bool isShared = false) : IClipSampler
{
    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts)
    {
        var places = Math.Max(0, video.Frames - (int)Math.Ceiling(clips.Max(clip => clip.Covers(video)))) + 1;   // at which a clip may begin
        starts.Fill(random.NextInt(places));
        if (isShared ? random.OfView((int)RandomPurpose.Pair).Chance(otherShare) : random.Chance(otherShare))
        {
            starts[1..].Fill(random.NextInt(places));
        }
    }
}
