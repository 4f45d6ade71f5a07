namespace Parallax.Host.Planning;

/// <summary>Time of a whole run, in seconds.</summary>
/// <param name="TrainingSeconds">Steps, and work before epochs.</param>
/// <param name="OnlineSeconds">All measurements that accompany training.</param>
/// <param name="FinalSeconds">The protocols at the end.</param>
internal sealed record TimeCost(double TrainingSeconds, double OnlineSeconds, double FinalSeconds)
{
    /// <summary>All of it.</summary>
    public double TotalSeconds => TrainingSeconds + OnlineSeconds + FinalSeconds;
}
