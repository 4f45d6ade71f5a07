using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Clips over a whole video for evaluations, each beginning in the middle of the one before.</summary>
/// <remarks>Han et al., "Self-supervised Co-training for Video Representation Learning", NeurIPS 2020, https://arxiv.org/abs/2010.09709, as in its code:
/// starts are T stride / 2 - 1 frames apart. There a short video has its first frame repeated in front (<see cref="ShortVideo.RepeatFirst"/>).</remarks>
internal static class HalfOverlappingClips
{
    /// <summary>The frames at which the clips begin.</summary>
    /// <param name="frames">Frames of the video, positive.</param>
    /// <param name="clip">Counts by its stride.</param>
    /// <returns>Rising; 0 alone in a video not longer than a clip.</returns>
    public static IReadOnlyList<int> Starts(int frames, ClipSpec clip)
    {
        var span = clip.Frames * clip.Stride;
        var step = Math.Max(1, (span / 2) - 1);

        return [.. Enumerable.Range(0, 1 + (Math.Max(0, frames - span) / step)).Select(i => i * step)];
    }
}
