using Microsoft.Extensions.Logging;
using Polly;

namespace Parallax.Host.Tracking;

/// <summary>Sends the journal of a running training, on its own task. Outlasts outages of any length, and whatever a store answers.</summary>
internal sealed class BackgroundSender : IDisposable
{
    private const int AttemptsWhileClosing = 3;
    private static readonly TimeSpan EarlyEndDeadline = TimeSpan.FromSeconds(3);
    private readonly JournalSender _sender;
    private readonly RunJournal _journal;
    private readonly ILogger _logger;
    private readonly OutageReport _outages;
    private readonly ResiliencePipeline _whileWriting;
    private readonly ResiliencePipeline _whileClosing;
    private readonly AsyncSignal _written = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _abort = new();
    private IReadOnlyList<JournalEvent>? _unwritten;

    public BackgroundSender(JournalSender sender, RunJournal journal, RetryPolicy retry, TimeProvider time, ILogger logger)
    {
        (_sender, _journal, _logger) = (sender, journal, logger);
        _outages = new OutageReport(journal, sender.IsBound, time, logger);
        _whileWriting = retry.Build(RetryPolicy.Endless, _outages.Failed);
        _whileClosing = retry.Build(AttemptsWhileClosing);
    }

    /// <summary>Takes what could not be written to the journal; asked once, after <see cref="Close"/>.</summary>
    public required Func<IReadOnlyList<JournalEvent>> TakeUnwritten { get; init; }

    /// <summary>Number of events that are neither in the store nor in the journal.</summary>
    public int Lost { get; private set; }

    /// <summary>Why not everything could be sent; null when it could.</summary>
    public string? Problem { get; private set; }

    /// <summary>There is something new to send.</summary>
    public void Wake() => _written.Set();

    /// <summary>Lets <see cref="RunAsync"/> send what is left and end; a store that does not work is then asked a few times only.</summary>
    public void Close()
    {
        _outages.IsWritten = false;
        _closing.Cancel();
        _written.Set();
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
            await _written.WaitAsync(_abort.Token);
            while (!_closing.IsCancellationRequested)
            {
                await TrySendAsync(_whileWriting, SendMode.Live, _closing.Token);
                await _written.WaitAsync(_abort.Token);
            }

            await FinishAsync();
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            await TrySendEndEarlyAsync();   // the deadline of the end: what is left stays in the journal
        }
        catch (Exception e) when (e is not OutOfMemoryException)   // whatever goes wrong here must not reach the training
        {
            _logger.LogWarning("Nothing more of this run is sent: {Reason} What is logged is kept in {Folder}.", e.Message, _journal.Folder);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closing.Dispose();
        _abort.Dispose();
    }

    private async Task FinishAsync()
    {
        var isSent = await TrySendAsync(_whileClosing, SendMode.Final, _abort.Token);
        var unwritten = Unwritten();
        if (!isSent || !await TrySendUnwrittenAsync(unwritten))
        {
            await TrySendEndEarlyAsync();
        }
    }

    private async Task<bool> TrySendUnwrittenAsync(IReadOnlyList<JournalEvent> unwritten)
    {
        try
        {
            Lost = await _sender.SendUnwrittenAsync(unwritten, _abort.Token);
            return true;
        }
        catch (Exception e) when (RetryPolicy.IsOfStoreOrDisk(e))
        {
            Problem ??= e.Message;   // told by who ends the run
            return false;
        }
    }

    // With a limit of its own: a run that is not marked as ended looks as if it went on.
    private async Task TrySendEndEarlyAsync()
    {
        using var limit = new CancellationTokenSource(EarlyEndDeadline);
        try
        {
            var unwritten = _outages.IsWritten ? [] : Unwritten();
            await _sender.SendEndEarlyAsync(unwritten.LastOrDefault(e => e.Kind == EventKind.End), limit.Token);
        }
        catch (Exception e) when (RetryPolicy.IsOfStoreOrDisk(e) || e is OperationCanceledException)
        {
            Problem ??= e is OperationCanceledException ? null : e.Message;   // told by who ends the run
        }
    }

    private IReadOnlyList<JournalEvent> Unwritten()
    {
        if (_unwritten is null)
        {
            _unwritten = TakeUnwritten();
            Lost = _unwritten.Count;
        }

        return _unwritten;
    }

    /// <returns>False when there is no further attempt: too many failed, or the wait for the next one was stopped.</returns>
    private async Task<bool> TrySendAsync(ResiliencePipeline attempts, SendMode mode, CancellationToken stopsWaiting)
    {
        try
        {
            // What stops the wait must not stop a call half-way.
            await attempts.ExecuteAsync(async _ => await _sender.SendAsync(mode, _abort.Token), stopsWaiting);
            _outages.Worked();
            Problem = null;
            return true;
        }
        catch (Exception e) when (RetryPolicy.IsOfStoreOrDisk(e) || (e is OperationCanceledException && !_abort.IsCancellationRequested))
        {
            Problem = e is OperationCanceledException ? Problem : e.Message;
            return false;
        }
    }
}
