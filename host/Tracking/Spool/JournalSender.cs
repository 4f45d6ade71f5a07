using Microsoft.Extensions.Logging;
using Polly;

namespace Parallax.Host.Tracking;

/// <summary>Sends the journal of a running training, on its own task. Outlasts outages of any length.</summary>
internal sealed class JournalSender : IDisposable
{
    private const int AttemptsWhileClosing = 3;
    private readonly JournalPump _pump;
    private readonly RunJournal _journal;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline _whileTraining;
    private readonly ResiliencePipeline _whileClosing;
    private readonly AsyncSignal _written = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _abort = new();
    private bool _isAway;

    public JournalSender(JournalPump pump, RunJournal journal, RetryPolicy retry, ILogger logger)
    {
        (_pump, _journal, _logger) = (pump, journal, logger);
        _whileTraining = retry.Build(RetryPolicy.Endless, ReportAway);
        _whileClosing = retry.Build(AttemptsWhileClosing, ReportAway);
    }

    /// <summary>There is something new to send.</summary>
    public void Wake() => _written.Set();

    /// <summary>Lets <see cref="RunAsync"/> send what is left and end; an unreachable store is then asked a few times only.</summary>
    public void Close()
    {
        _written.Set();
        _written.Complete();
        _closing.Cancel();
    }

    /// <summary>Ends <see cref="RunAsync"/> at once.</summary>
    public void Abort()
    {
        _abort.Cancel();
        _closing.Cancel();
    }

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
            _logger.LogWarning("Tracking stops, training goes on: {Reason} What is logged from now on stays in {Folder}.", e.Message, _journal.Folder);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closing.Dispose();
        _abort.Dispose();
    }

    private async Task SendAsync()
    {
        var isSent = await TrySendAsync(_whileTraining, _closing.Token) || await TrySendAsync(_whileClosing, _abort.Token);
        if (isSent && _isAway)
        {
            _isAway = false;
            _logger.LogInformation("The tracking store answers again; everything that waited is there.");
        }
    }

    /// <returns>False when there is no further attempt: too many failed, or the wait for the next one was stopped.</returns>
    private async Task<bool> TrySendAsync(ResiliencePipeline attempts, CancellationToken stopsWaiting)
    {
        try
        {
            await attempts.ExecuteAsync(async _ => await _pump.DrainAsync(_abort.Token), stopsWaiting);   // what stops the wait must not stop a call half-way
            return true;
        }
        catch (Exception e) when (RetryPolicy.IsPassing(e) || (e is OperationCanceledException && !_abort.IsCancellationRequested))
        {
            return false;
        }
    }

    private void ReportAway(Exception e)
    {
        if (!_isAway)
        {
            _isAway = true;
            _logger.LogWarning("The tracking store does not answer ({Reason}). Training goes on; values are kept in {Folder} and sent later.", e.Message, _journal.Folder);
        }
    }
}
