namespace Parallax.Host.Data;

/// <summary>Draws the start of each clip on its own, uniformly over the frames at which the whole clip still fits; a video that is too short begins at its
/// first frame.</summary>
internal sealed class UniformClips : IClipSampler
{
    /// <summary>The only one: it has no settings.</summary>
    public static UniformClips Instance { get; } = new();

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts)
    {
        for (var view = 0; view < starts.Length; view++)
        {
            var last = video.Frames - (int)Math.Ceiling(clips[view].Covers(video));
            starts[view] = random.NextInt(Math.Max(0, last) + 1);
        }
    }
}
