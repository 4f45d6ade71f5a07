namespace Parallax.Host.Tracking;

/// <summary>
/// When refused items of a run that is being written are tried again: after ten seconds, and after twice as long each time, up to ten minutes.
/// </summary>
internal sealed class RefusedRetry(TimeProvider time)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private TimeSpan _wait = FirstWait;
    private DateTimeOffset _next = time.GetUtcNow() + FirstWait;

    /// <summary>True when they are to be tried now.</summary>
    public bool IsDue(DrainMode mode) => mode != DrainMode.Live || time.GetUtcNow() >= _next;

    /// <summary>Notes a try.</summary>
    public void Note(bool isAllSent)
    {
        _wait = isAllSent ? FirstWait : TimeSpan.FromTicks(Math.Min(_wait.Ticks * 2, LongestWait.Ticks));
        _next = time.GetUtcNow() + _wait;
    }
}
