namespace Parallax.Contracts;

/// <summary>Momentum over the run: from <paramref name="Start"/> to <paramref name="End"/> along half a cosine; equal values are a constant.</summary>
/// <param name="Start">At step 0, a fraction in [0, 1].</param>
/// <param name="End">At the end, a fraction in [0, 1].</param>
/// <remarks>Grill et al., BYOL, 2020: 1 - (1 - m) * (cos(pi k / K) + 1) / 2, with <c>End</c> = 1.</remarks>
public readonly record struct MomentumSchedule(double Start, double End)
{
    /// <summary>The same at every step.</summary>
    public static MomentumSchedule Constant(double momentum) => new(momentum, momentum);

    /// <summary>Momentum at an optimizer step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="totalSteps">Length of the run in optimizer steps.</param>
    public double At(long step, long totalSteps) =>
        Start == End ? Start : End - ((End - Start) * (Math.Cos(Math.PI * step / Math.Max(1, totalSteps)) + 1) / 2);
}
