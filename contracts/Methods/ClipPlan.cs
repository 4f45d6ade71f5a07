namespace Parallax.Contracts;

/// <summary>Which clips of a video the views are made of.</summary>
/// <param name="Views">The clip of each view, in the order of <see cref="ViewPlan.Views"/>; a view behind the last has the last one.</param>
/// <param name="Sampler">Where the clips of one video begin; null draws each on its own, uniformly over the video.</param>
public sealed record ClipPlan(IReadOnlyList<ClipSpec> Views, IClipSampler? Sampler = null)
{
    /// <summary>Whether the backbone gets single frames of the clips: then it is one for images, and evaluated on them.</summary>
    public bool ForImages { get; init; }

    /// <summary>The clip of a view.</summary>
    /// <param name="view">From 0.</param>
    public ClipSpec Of(int view) => Views[Math.Min(view, Views.Count - 1)];
}

/// <summary>Chooses where the clips of one video begin. One instance serves all workers at once: keep no state.</summary>
public interface IClipSampler
{
    /// <summary>Draws how fast a video is shown, before the starts of its clips are drawn.</summary>
    /// <param name="random">The generator of (seed, epoch, sample).</param>
    /// <param name="video">Length and rate.</param>
    /// <param name="clips">The clip of each view.</param>
    /// <returns>Frames of the video from one taken to the next, for the clips of all views; null where each has its own, as it says.</returns>
    int? DrawStride(ref CounterRandom random, VideoInfo video, IReadOnlyList<ClipSpec> clips) => null;

    /// <summary>Draws the starts of all views of one video.</summary>
    /// <param name="random">The generator of (seed, epoch, sample).</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="video">Length and rate.</param>
    /// <param name="clips">The clip of each view, with the stride that was drawn.</param>
    /// <param name="starts">Receives for each view the frame at which its clip begins, from 0; may lie between two frames.</param>
    void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts);
}
