namespace Parallax.Contracts;

/// <summary>Momentum over the run, from <paramref name="Start"/> to <paramref name="End"/>: along half a cosine, or a line; equal values are a
/// constant.</summary>
/// <param name="Start">At step 0, a fraction in [0, 1].</param>
/// <param name="End">At the end, a fraction in [0, 1].</param>
/// <remarks>
/// Half a cosine: Grill et al., BYOL, 2020: 1 - (1 - m) * (cos(pi k / K) + 1) / 2, with <c>End</c> = 1. A line: Assran et al., I-JEPA, 2023, and, over a part
/// of the run, Baevski et al., data2vec, 2022.
/// </remarks>
public readonly record struct MomentumSchedule(double Start, double End)
{
    private double LinearShare { get; init; }   // of the run, after which the end is reached; 0 is half a cosine

    private bool IsAverage { get; init; }

    /// <summary>The same at every step.</summary>
    public static MomentumSchedule Constant(double momentum) => new(momentum, momentum);

    /// <summary>That of an average of weights: min(momentum, (1 + k) / (10 + k)) at step k, so that the weights that it starts from leave it in a short run,
    /// too.</summary>
    /// <param name="momentum">From step (10 m - 1) / (1 - m) on, a fraction in [0, 1).</param>
    /// <remarks>The form that is usual for averages that are evaluated (Polyak); averages that training follows have a schedule of their paper.</remarks>
    public static MomentumSchedule Average(double momentum) => Constant(momentum) with { IsAverage = true };

    /// <summary>Along a line, then constant.</summary>
    /// <param name="start">At step 0, a fraction in [0, 1].</param>
    /// <param name="end">At the end of the line, a fraction in [0, 1].</param>
    /// <param name="share">Share of the run after which the end is reached, above 0; 1 is the whole run.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not positive.</exception>
    public static MomentumSchedule Linear(double start, double end, double share = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);

        return new(start, end) { LinearShare = share };
    }

    /// <summary>Momentum at an optimizer step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="totalSteps">Length of the run in optimizer steps.</param>
    public double At(long step, long totalSteps)
    {
        if (IsAverage)
        {
            return Math.Min(End, (1.0 + step) / (10 + step));
        }

        if (Start == End)
        {
            return Start;
        }

        var length = Math.Max(1, totalSteps);

        return LinearShare > 0
            ? Start + ((End - Start) * Math.Min(1, step / (length * LinearShare)))
            : End - ((End - Start) * (Math.Cos(Math.PI * step / length) + 1) / 2);
    }
}
