namespace Parallax.Host.Training;

/// <summary>Which of many lines about the same are written where lines stay: the first, the last, and one every 15 seconds between them.</summary>
/// <param name="time">The clock.</param>
internal sealed class LineLimit(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private long? _latest;

    /// <summary>Whether a line is written now.</summary>
    /// <param name="isLast">Whether it is the last one.</param>
    public bool Takes(bool isLast)
    {
        var now = time.GetTimestamp();
        if (!isLast && _latest is { } latest && time.GetElapsedTime(latest, now) < Interval)
        {
            return false;
        }

        _latest = now;

        return true;
    }
}
