using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>How far apart the two clips of a video may begin: further with every epoch.</summary>
/// <param name="Growth">The largest distance over the run, as a fraction of the largest one that a video allows.</param>
/// <param name="Stages">Stages of the run, equally long, in each of which it stays the same; 0 changes it with every epoch.</param>
/// <remarks>Our definition after the abstract of Roy and Etemad, "Temporal Contrastive Learning with Curriculum", ICASSP 2023,
/// https://arxiv.org/abs/2209.00760: positives are close at first and further apart later.</remarks>
internal readonly record struct CurriculumSpan(MomentumSchedule Growth, int Stages = 0)
{
    /// <summary>The largest distance in an epoch: <c>Growth.Start</c> in the first epoch or stage, <c>Growth.End</c> in the last.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="epochs">Epochs of the run.</param>
    public double At(int epoch, int epochs) => Stages == 0
        ? Growth.At(epoch, epochs - 1)
        : Growth.At(Math.Min((long)epoch * Stages / epochs, Stages - 1), Stages - 1);

    /// <summary>The frames at which the second clip may begin.</summary>
    /// <param name="start">First frame of the first clip.</param>
    /// <param name="last">The last frame at which a clip of the video may begin.</param>
    /// <param name="span">What <see cref="At"/> gave.</param>
    /// <returns>Both ends count.</returns>
    public static (int First, int Last) Starts(int start, int last, double span)
    {
        var distance = (int)Math.Floor(span * last);

        return (Math.Max(0, start - distance), Math.Min(last, start + distance));
    }
}
