namespace Parallax.Host.Schedules;

/// <summary>Falls with the root of the steps: base / sqrt(1 + base * decay * step).</summary>
/// <remarks>Bottou, "Stochastic Gradient Descent Tricks", 2012, section 5.2; with the root, as in the code of Caron et al., ECCV 2018.</remarks>
/// <param name="Base">Value of the first step.</param>
/// <param name="Decay">Weight decay of the optimizer.</param>
public sealed record BottouDecay(double Base, double Decay) : ISchedule
{
    /// <inheritdoc/>
    public double At(long step) => Base / Math.Sqrt(1 + (Base * Decay * step));
}
