using System.Threading.Channels;

namespace Parallax.Host.Tracking;

/// <summary>Wakes one waiting loop; setting it several times before it looks wakes it once.</summary>
internal sealed class AsyncSignal
{
    private readonly Channel<byte> _channel = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Wakes the loop.</summary>
    public void Set() => _channel.Writer.TryWrite(0);

    /// <summary>Lets the loop end once it has seen the last signal.</summary>
    public void Complete() => _channel.Writer.TryComplete();

    /// <summary>Waits for a signal.</summary>
    /// <returns>False when there will be no more.</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellation) => await _channel.Reader.WaitToReadAsync(cancellation) && _channel.Reader.TryRead(out _);

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
