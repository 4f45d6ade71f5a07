using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>Turns some clips of a batch into differences of their frames (<see cref="FrameDifferences.Signed"/>), the same whatever the processes.</summary>
/// <param name="probability">Share of the clips, a fraction in [0, 1].</param>
/// <param name="run">Seed, and the numbers by which views are normalised.</param>
public sealed class RandomDifferences(double probability, RunInfo run)
{
    private readonly SampleRandom _random = new(run);
    private readonly RgbViews _rgb = new(run.Data);

    /// <summary>A view, some of whose clips are differences.</summary>
    /// <param name="batch">Gives the view, normalised, [N, 3, T, H, W].</param>
    /// <param name="context">Gives the epoch.</param>
    /// <param name="view">Which, from 0; each draws for itself.</param>
    /// <returns>[N, 3, T, H, W], normalised; the view itself where the probability is 0.</returns>
    public Tensor Of(Batch batch, StepContext context, int view)
    {
        var clips = batch.Views[view];
        if (probability == 0)
        {
            return clips;
        }

        using var scope = NewDisposeScope();
        var drawn = _random.Of(batch, context, view).Select(random => random.Chance(probability)).ToArray();
        if (!drawn.Contains(true))
        {
            return clips;
        }

        var differences = _rgb.Normalised(FrameDifferences.Signed(_rgb.Of(clips) * 255) / 255);   // [N, 3, T, H, W]
        var chosen = tensor(drawn, device: clips.device).view(-1, 1, 1, 1, 1);                    // [N, 1, 1, 1, 1]

        return where(chosen, differences.to(clips.dtype), clips).MoveToOuterDisposeScope();
    }
}
