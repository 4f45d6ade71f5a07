namespace Parallax.Host.Schedules;

/// <summary>Multiplied by a factor at given epochs.</summary>
/// <param name="Base">Value of the first epoch.</param>
/// <param name="Milestones">Epochs, from 0, that begin with a drop.</param>
/// <param name="StepsPerEpoch">Steps of one epoch.</param>
/// <param name="Factor">Factor at each milestone.</param>
public sealed record EpochMultistep(double Base, IReadOnlyList<int> Milestones, long StepsPerEpoch, double Factor = 0.1) : ISchedule
{
    /// <inheritdoc/>
    public double At(long step)
    {
        var epoch = step / StepsPerEpoch;
        return Base * Math.Pow(Factor, Milestones.Count(milestone => milestone <= epoch));
    }
}
