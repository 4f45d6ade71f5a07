using System.Threading.Channels;

namespace Parallax.Host.Tracking;

/// <summary>Wakes one waiting loop; setting it several times before it looks wakes it once.</summary>
internal sealed class AsyncSignal
{
    private readonly Channel<byte> _channel = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _channel.Writer.TryWrite(0);

    public async Task WaitAsync(CancellationToken cancellation) => await _channel.Reader.ReadAsync(cancellation);

    /// <summary>Waits for a signal, but not longer than this.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider time)
    {
        using var timer = new CancellationTokenSource(limit, time);
        try
        {
            await WaitAsync(timer.Token);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            // The time is up: that is the other way to end the wait.
        }
    }
}
