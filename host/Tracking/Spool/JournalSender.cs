using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>Sends the journal of a running training, on its own task. Outlasts outages of any length.</summary>
internal sealed class JournalSender(JournalPump pump, RunJournal journal, RetryPolicy retry, TimeProvider time, ILogger logger) : IDisposable
{
    private const int AttemptsWhileClosing = 3;
    private readonly AsyncSignal written = new();
    private readonly AsyncSignal closing = new();
    private readonly CancellationTokenSource abort = new();
    private volatile bool isClosing;

    /// <summary>There is something new to send.</summary>
    public void Wake() => written.Set();

    /// <summary>Lets <see cref="RunAsync"/> send what is left and end; an unreachable store is then asked a few times only.</summary>
    public void Close()
    {
        isClosing = true;
        written.Set();
        written.Complete();
        closing.Set();
    }

    /// <summary>Ends <see cref="RunAsync"/> at once.</summary>
    public void Abort() => abort.Cancel();

    /// <summary>Sends until <see cref="Close"/>.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (await written.WaitAsync(abort.Token))
            {
                await SendAsync();
            }
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
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
    public void Dispose() => abort.Dispose();

    private async Task SendAsync()
    {
        var failuresWhileClosing = 0;
        for (var failures = 1; ; failures++)
        {
            try
            {
                await pump.DrainAsync(abort.Token);
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

                if (isClosing && ++failuresWhileClosing >= AttemptsWhileClosing)
                {
                    return;
                }

                var delay = retry.Delay(isClosing ? failuresWhileClosing : failures, (e as StoreException)?.RetryAfter);
                await (isClosing ? Task.Delay(delay, time, abort.Token) : closing.WaitAsync(delay, time));
            }
        }
    }
}
