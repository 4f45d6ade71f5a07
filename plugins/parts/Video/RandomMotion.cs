using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Turns some clips of a batch into their motion, the same whatever the processes.</summary>
public sealed class RandomMotion
{
    private const double FullScale = 255;

    private readonly double _probability;
    private readonly SampleRandom _random;
    private readonly RgbViews _rgb;
    private readonly Func<Tensor, Tensor> _motion;   // from RGB in [0, 1] to [0, 1], [n, 3, T, H, W]

    private RandomMotion(double probability, RunInfo run, Func<Tensor, Tensor> motion) =>
        (_probability, _random, _rgb, _motion) = (probability, new(run), new(run.Data), motion);

    /// <summary>Motion is the difference of neighbouring frames (<see cref="FrameDifferences.Signed"/>).</summary>
    /// <param name="probability">Share of the clips, a fraction in [0, 1].</param>
    /// <param name="run">Seed, and the numbers by which views are normalised.</param>
    public static RandomMotion Differences(double probability, RunInfo run) =>
        new(probability, run, rgb => FrameDifferences.Signed(rgb * FullScale) / FullScale);

    /// <summary>Motion is the horizontal component of the optical flow, in three equal channels (<see cref="MotionInput.Flow"/>).</summary>
    /// <param name="probability">Share of the clips, a fraction in [0, 1].</param>
    /// <param name="run">Seed, and the numbers by which views are normalised.</param>
    public static RandomMotion HorizontalFlow(double probability, RunInfo run) =>
        new(probability, run, rgb => MotionClips.Of(rgb, MotionInput.Flow).narrow(1, 0, 1).repeat(1, 3, 1, 1, 1));

    /// <summary>A view, some of whose clips are motion.</summary>
    /// <param name="batch">Gives the view, normalised, [N, 3, T, H, W], T at least 2.</param>
    /// <param name="context">Gives the epoch.</param>
    /// <param name="view">Which, from 0; each draws for itself.</param>
    /// <returns>[N, 3, T, H, W], normalised; the view itself where no clip was drawn.</returns>
    public Tensor Of(Batch batch, StepContext context, int view)
    {
        var clips = batch.Views[view];
        long[] drawn = _probability == 0 ? [] :
            [.. _random.Of(batch, context, view).Index().Where(clip => clip.Item.Chance(_probability)).Select(clip => (long)clip.Index)];
        if (drawn.Length == 0)
        {
            return clips;
        }

        using var scope = NewDisposeScope();
        var chosen = tensor(drawn, device: clips.device);                                       // [n]
        var motion = _rgb.Normalised(_motion(_rgb.Of(clips.index_select(0, chosen))));          // [n, 3, T, H, W]

        return clips.index_copy(0, chosen, motion.to(clips.dtype)).MoveToOuterDisposeScope();   // [N, 3, T, H, W]
    }
}
