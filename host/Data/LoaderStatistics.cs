namespace Parallax.Host.Data;

/// <summary>How a loader kept up, since it was made.</summary>
/// <param name="Images">Images handed out.</param>
/// <param name="Waited">Time the consumer waited for batches; near 0 when the input is not the limit.</param>
/// <param name="Busy">Time the workers spent on images, summed over workers.</param>
/// <param name="Made">Images made, including those made ahead.</param>
/// <param name="Workers">Worker threads.</param>
public sealed record LoaderStatistics(long Images, TimeSpan Waited, TimeSpan Busy, long Made, int Workers)
{
    /// <summary>Images per second that the workers can make when nothing holds them up; 0 before the first.</summary>
    public double Capacity => Busy > TimeSpan.Zero ? Made * Workers / Busy.TotalSeconds : 0;
}
