namespace Parallax.Host.Schedules;

/// <summary>Half a cosine to 0 that changes at epochs only: base * (1 + cos(pi epoch / epochs)) / 2.</summary>
/// <param name="Base">Value of the first epoch.</param>
/// <param name="Epochs">Epochs of the run.</param>
/// <param name="StepsPerEpoch">Steps of one epoch.</param>
public sealed record EpochCosine(double Base, int Epochs, long StepsPerEpoch) : ISchedule
{
    /// <inheritdoc/>
    public double At(long step) => Base * 0.5 * (1 + Math.Cos(Math.PI * (step / StepsPerEpoch) / Epochs));
}
