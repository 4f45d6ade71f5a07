namespace Parallax.Host.Training;

/// <summary>Where a run stands: what has been done so far.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Epoch">The epoch the next step belongs to, from 0.</param>
/// <param name="StepInEpoch">Steps of that epoch already done.</param>
internal readonly record struct TrainingPosition(long Step, int Epoch, long StepInEpoch)
{
    public TrainingPosition Next(long stepsPerEpoch) =>
        StepInEpoch + 1 < stepsPerEpoch ? new(Step + 1, Epoch, StepInEpoch + 1) : new(Step + 1, Epoch + 1, 0);
}
