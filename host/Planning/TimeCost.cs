namespace Parallax.Host.Planning;

/// <summary>Time of a whole run, in seconds.</summary>
/// <param name="TrainingSeconds">All steps.</param>
/// <param name="WorkSeconds">What the method does over all images before epochs.</param>
/// <param name="OnlineSeconds">All measurements that accompany training.</param>
/// <param name="FinalSeconds">The protocols at the end.</param>
internal sealed record TimeCost(double TrainingSeconds, double WorkSeconds, double OnlineSeconds, double FinalSeconds)
{
    /// <summary>All of it.</summary>
    public double TotalSeconds => TrainingSeconds + WorkSeconds + OnlineSeconds + FinalSeconds;
}
