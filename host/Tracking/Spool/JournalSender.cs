using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>Sends the journal of a running training, on its own task. Outlasts outages of any length.</summary>
internal sealed class JournalSender(JournalPump pump, RunJournal journal, RetryPolicy retry, TimeProvider time, ILogger logger) : IDisposable
{
    private const int AttemptsWhileClosing = 3;
    private readonly AsyncSignal _written = new();
    private readonly AsyncSignal _closing = new();
    private readonly CancellationTokenSource _abort = new();
    private volatile bool _isClosing;

    /// <summary>There is something new to send.</summary>
    public void Wake() => _written.Set();

    /// <summary>Lets <see cref="RunAsync"/> send what is left and end; an unreachable store is then asked a few times only.</summary>
    public void Close()
    {
        _isClosing = true;
        _written.Set();
        _written.Complete();
        _closing.Set();
    }

    /// <summary>Ends <see cref="RunAsync"/> at once.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>Sends until <see cref="Close"/>.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (await _written.WaitAsync(_abort.Token))
            {
                await SendAsync();
            }
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // The deadline of the end: what is left stays in the journal.
        }
#pragma warning disable CA1031 // whatever goes wrong here must not reach the training
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.LogWarning("Tracking stops, training goes on: {Reason} What is logged from now on stays in {Folder}.", e.Message, journal.Folder);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _abort.Dispose();

    private async Task SendAsync()
    {
        var failuresWhileClosing = 0;
        for (var failures = 1; ; failures++)
        {
            try
            {
                await pump.DrainAsync(_abort.Token);
                if (failures > 1)
                {
                    logger.LogInformation("The tracking store answers again; everything that waited is there.");
                }

                return;
            }
            catch (Exception e) when (e is StoreException { IsTransient: true } or IOException)
            {
                if (failures == 1)
                {
                    logger.LogWarning("The tracking store does not answer ({Reason}). Training goes on; values are kept in {Folder} and sent later.", e.Message, journal.Folder);
                }

                if (_isClosing && ++failuresWhileClosing >= AttemptsWhileClosing)
                {
                    return;
                }

                var delay = retry.Delay(_isClosing ? failuresWhileClosing : failures, (e as StoreException)?.RetryAfter);
                await (_isClosing ? Task.Delay(delay, time, _abort.Token) : _closing.WaitAsync(delay, time));
            }
        }
    }
}
