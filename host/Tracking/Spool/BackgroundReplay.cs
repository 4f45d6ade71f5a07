namespace Parallax.Host.Tracking;

/// <summary>Sends the journals of earlier processes while a run goes on; ends with it.</summary>
internal sealed class BackgroundReplay : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task work;

    private BackgroundReplay(SpoolReplay replay, TrackingAddress address)
    {
        work = Task.Run(() => replay.SendAllAsync(address, stop.Token));
    }

    /// <summary>Starts; problems are left for <c>parallax runs sync</c> to tell.</summary>
    public static BackgroundReplay Start(SpoolReplay replay, TrackingAddress address) => new(replay, address);

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Cancel();
        try
        {
            work.GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            // Stopped, or the spool cannot be listed: what was not sent yet stays where it is.
        }

        stop.Dispose();
    }
}
