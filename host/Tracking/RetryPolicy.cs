namespace Parallax.Host.Tracking;

/// <summary>How long to wait before a failed call is repeated: exponential with full jitter, 1 to 60 seconds; a wish of the server wins.</summary>
/// <param name="random">Gives numbers in [0, 1).</param>
internal sealed class RetryPolicy(Func<double> random)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>The wait after the n-th failure in a row, n from 1.</summary>
    public TimeSpan Delay(int failures, TimeSpan? retryAfter)
    {
        if (retryAfter is { } wish)
        {
            return wish;
        }

        var ceiling = Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(failures, 10) - 1));
        return TimeSpan.FromSeconds(Math.Max(Shortest.TotalSeconds, random() * ceiling));
    }

    /// <summary>Repeats a call a few times while the failure is one that passes.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> call, int attempts, TimeProvider time, CancellationToken cancellation)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await call();
            }
            catch (StoreException e) when (e.IsTransient && failures < attempts)
            {
                await Task.Delay(Delay(failures, e.RetryAfter), time, cancellation);
            }
        }
    }
}
