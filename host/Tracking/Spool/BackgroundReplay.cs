namespace Parallax.Host.Tracking;

/// <summary>Sends the journals of earlier processes while a run goes on; ends with it. Problems are left for <c>parallax runs sync</c> to tell.</summary>
internal sealed class BackgroundReplay : IDisposable
{
    private static readonly TimeSpan DisposeDeadline = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    public BackgroundReplay(SpoolReplay replay, TrackingAddress address) => _work = Task.Run(() => replay.SendAllAsync(address, _stop.Token));

    /// <summary>Stops; waits two seconds for it. What hangs, on a disk for example, is left to itself, and ends with the process.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        try
        {
            _work.WaitAsync(DisposeDeadline).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not OutOfMemoryException)   // a run does not fail because of another one's values
        {
            // Stopped, or the spool cannot be listed: what was not sent yet stays where it is.
        }

        if (_work.IsCompleted)
        {
            _stop.Dispose();
        }
    }
}
