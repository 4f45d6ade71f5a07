using Polly;
using Polly.Retry;

namespace Parallax.Host.Tracking;

/// <summary>How a failed call is repeated: exponential waits with jitter, from a second to a minute; what the server asks for counts, within limits.</summary>
/// <param name="time">Clock of the waits.</param>
/// <param name="random">Gives numbers in [0, 1) for the jitter.</param>
internal sealed class RetryPolicy(TimeProvider time, Func<double> random)
{
    /// <summary>Repeats without end, even what is refused: a store that takes nothing for a run today may do so tomorrow.</summary>
    public const int Endless = int.MaxValue;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestWaitAsked = TimeSpan.FromHours(1);

    /// <summary>True when the same call can work later.</summary>
    public static bool IsPassing(Exception? e) => e is StoreException { IsTransient: true } or IOException;

    /// <summary>True for every failure of a store, and of the disk of the journals.</summary>
    public static bool IsOfStoreOrDisk(Exception? e) => e is StoreException or IOException or UnauthorizedAccessException;

    /// <summary>Repeats a call while its failure is one that passes, and its token does not stop the wait.</summary>
    /// <param name="attempts">Calls in all, at least 2.</param>
    /// <param name="onFailure">Told before every wait.</param>
    public ResiliencePipeline Build(int attempts, Action<Exception>? onFailure = null) =>
        new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = attempts == Endless ? Endless : attempts - 1,
            BackoffType = DelayBackoffType.Exponential,
            Delay = FirstWait,
            MaxDelay = LongestWait,
            UseJitter = true,
            Randomizer = random,
            ShouldHandle = failure =>
                ValueTask.FromResult(attempts == Endless ? IsOfStoreOrDisk(failure.Outcome.Exception) : IsPassing(failure.Outcome.Exception)),
            DelayGenerator = failure => ValueTask.FromResult(WaitAfter(failure.Outcome.Exception, attempts == Endless ? LongestWaitAsked : LongestWait)),
            OnRetry = failure =>
            {
                onFailure?.Invoke(failure.Outcome.Exception!);
                return ValueTask.CompletedTask;
            },
        }).Build();

    // Null takes the exponential wait; who was refused asks now and then only. No wait at all would be a loop without a pause.
    private static TimeSpan? WaitAfter(Exception? e, TimeSpan longest) => e switch
    {
        StoreException { RetryAfter: { } asked } => TimeSpan.FromTicks(Math.Clamp(asked.Ticks, FirstWait.Ticks, longest.Ticks)),
        StoreException { IsTransient: false } => LongestWait,
        _ => null,
    };
}
