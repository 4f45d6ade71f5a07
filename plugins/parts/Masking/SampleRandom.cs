using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>
/// Random numbers for each image of a batch, keyed by (seed, epoch, image): processes, accumulation and a resumed run draw the same for the same image.
/// </summary>
/// <param name="run">Gives the seed.</param>
public sealed class SampleRandom(RunInfo run)
{
    /// <summary>One sequence per image, from its start.</summary>
    /// <param name="batch">The images.</param>
    /// <param name="context">Gives the epoch.</param>
    /// <param name="part">What is drawn, where a method draws several things for an image: a view, from 0.</param>
    public IReadOnlyList<CounterRandom> Of(Batch batch, StepContext context, int part = 0) =>
        [.. batch.Indices.cpu().data<long>().Select(sample => new CounterRandom(run.Seed, context.Epoch, sample, RandomPurpose.Masking, part))];
}
