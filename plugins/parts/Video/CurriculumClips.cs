namespace Parallax.Plugins.Parts;

/// <summary>Two clips of a video that may begin the further apart the longer the training lasts: <see cref="CurriculumSpan"/>.</summary>
/// <remarks>Our definition after the abstract of Roy and Etemad, "Temporal Contrastive Learning with Curriculum", ICASSP 2023,
/// https://arxiv.org/abs/2209.00760: one clip begins uniformly in the video, the other uniformly within the span around it; either is the first view.</remarks>
/// <param name="growth">The span over the run, as a fraction of the largest distance that a video allows.</param>
/// <param name="stages">Stages of the run, equally long, in each of which the span stays the same; 0 changes it with every epoch.</param>
/// <param name="epochs">Epochs of the run.</param>
public sealed class CurriculumClips(MomentumSchedule growth, int stages, int epochs) : IClipSampler
{
    private readonly CurriculumSpan _span = new(growth, stages);

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, long epoch, VideoInfo video, IReadOnlyList<ClipSpec> clips, Span<double> starts)
    {
        var last = Math.Max(0, video.Frames - (int)Math.Ceiling(clips.Max(clip => clip.Covers(video))));   // at which a clip may begin
        var one = random.NextInt(last + 1);
        var (earliest, latest) = CurriculumSpan.Starts(one, last, _span.At((int)epoch, epochs));
        var other = earliest + random.NextInt(latest - earliest + 1);
        var second = random.Chance(0.5) ? 0 : 1;   // which of the two views
        for (var view = 0; view < starts.Length; view++)
        {
            starts[view] = view % 2 == second ? other : one;
        }
    }
}
