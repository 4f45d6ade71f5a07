using Parallax.Host.Training;

namespace Parallax.Host.Planning;

/// <summary>What some steps of training cost.</summary>
/// <param name="ImagesPerSecond">Images trained per second, without what comes before an epoch.</param>
/// <param name="Split">Where the time went.</param>
/// <param name="PeakBytes">The most memory that the process held.</param>
internal sealed record StepCost(double ImagesPerSecond, TimeSplit Split, long PeakBytes)
{
    /// <summary>What limits the run: data, forward, backward or optimizer.</summary>
    public string Limit => Split.Limit.ToString().ToLowerInvariant();
}
