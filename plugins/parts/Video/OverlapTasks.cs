namespace Parallax.Plugins.Parts;

/// <summary>Cuts the two clips of each video of a batch out of larger frames and says what CSTP asks about them. What is drawn for a video depends on seed,
/// epoch and video alone.</summary>
/// <remarks>
/// Zhang et al., "Contrastive Spatio-Temporal Pretext Learning for Self-supervised Video Representation", AAAI 2022, https://arxiv.org/abs/2112.08913. The
/// classes are those nearest to the true overlap (<see cref="ClipBox"/>). Ours: a clip is mirrored and turned after it was cut, so that the overlap stays what
/// it was; the authors turn the frames first and accept that it does not.
/// </remarks>
/// <param name="run">Gives the seed and the side of the clips.</param>
public sealed class OverlapTasks(RunInfo run)
{
    private const double Enlargement = 128.0 / 112;   // the authors' shorter side of a frame, and the side of a clip
    private readonly SampleRandom _random = new(run);

    /// <summary>Side in pixels of the square frames out of which clips are cut.</summary>
    public int FrameSide { get; } = (int)Math.Round(run.ImageSize * Enlargement);

    /// <summary>The clips of a batch and their classes.</summary>
    /// <param name="batch">Two views of whole frames, [N, C, T, H, W] each, which show the same part of the video, and where they lie in it.</param>
    /// <param name="context">Gives the epoch.</param>
    public OverlapTask Of(Batch batch, StepContext context)
    {
        using var scope = NewDisposeScope();
        var (views, frames) = (batch.Views, batch.Views[0].shape[2]);
        var size = new ImageSize((int)views[0].shape[3], (int)views[0].shape[4]);
        var pairs = _random.Of(batch, context).Select(random => ClipCut.Pair(random, size)).ToArray();
        var windows = batch.Windows!.select(2, 0).contiguous().data<float>().ToArray().Chunk(views.Count).ToArray();   // first frames
        var spans = Array.ConvertAll(batch.Windows!.select(2, 1).select(1, 0).contiguous().data<float>().ToArray(), covered => covered - 1);
        var overlaps = pairs.Select((pair, i) => Box(pair.First, windows[i][0], spans[i]).With(Box(pair.Second, windows[i][1], spans[i]))).ToArray();

        return new(
            ClipCut.Of(views[0], [.. pairs.Select(pair => pair.First)], run.ImageSize).MoveToOuterDisposeScope(),    // [N, C, T, S, S]
            ClipCut.Of(views[1], [.. pairs.Select(pair => pair.Second)], run.ImageSize).MoveToOuterDisposeScope(),   // [N, C, T, S, S]
            Classes(overlaps.Select(overlap => OverlapRates.ClassOf(overlap.Spatial))),
            Classes(overlaps.Select(overlap => OverlapRates.ClassOf(overlap.Temporal))),
            Classes(spans.Select(span => OverlappingClips.PaceOf(span, frames))),
            Classes(pairs.Select(pair => pair.First.Turns)),
            Classes(pairs.Select(pair => pair.Second.Turns)));

        Tensor Classes(IEnumerable<int> classes) =>
            tensor(classes.Select(one => (long)one).ToArray(), device: views[0].device).MoveToOuterDisposeScope();   // [N]
    }

    private static ClipBox Box(ClipCut cut, double start, double span) => new(cut.Crop.X, cut.Crop.Y, start, cut.Crop.Width, cut.Crop.Height, span);
}

/// <summary>Two clips of each of N videos, and the classes that are asked for.</summary>
/// <param name="First">[N, C, T, S, S].</param>
/// <param name="Second">[N, C, T, S, S].</param>
/// <param name="Spatial">Class of the common area, [N] int64: <see cref="OverlapRates"/>.</param>
/// <param name="Temporal">Class of the common time, [N] int64.</param>
/// <param name="Pace">Class of the pace of both, [N] int64: <see cref="OverlappingClips"/>.</param>
/// <param name="FirstTurns">Quarter turns of the first, [N] int64.</param>
/// <param name="SecondTurns">Quarter turns of the second, [N] int64.</param>
public sealed record OverlapTask(Tensor First, Tensor Second, Tensor Spatial, Tensor Temporal, Tensor Pace, Tensor FirstTurns, Tensor SecondTurns);
