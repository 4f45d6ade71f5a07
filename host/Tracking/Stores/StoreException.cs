namespace Parallax.Host.Tracking;

/// <summary>What a failure of a store means for the sender.</summary>
internal enum StoreFailure
{
    /// <summary>Not reachable or busy: the same call works later.</summary>
    Unavailable,

    /// <summary>A fault of the server that may come from the data: try a few times, then suspect the data.</summary>
    Suspect,

    /// <summary>The data are at fault: the same call never works.</summary>
    Rejected,

    /// <summary>The store takes nothing for this run: no permission, the run is deleted, the file is not ours.</summary>
    Refused,
}

/// <summary>A store did not do what it was asked to.</summary>
/// <param name="failure">What it means.</param>
/// <param name="message">What was expected, what came.</param>
/// <param name="inner">Cause.</param>
internal sealed class StoreException(StoreFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What it means for the sender.</summary>
    public StoreFailure Failure { get; } = failure;

    /// <summary>How long the server asks to wait; null when it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when a server answered, with an error.</summary>
    public bool HasAnswered { get; init; }

    /// <summary>True when a repetition can work.</summary>
    public bool IsTransient => Failure is StoreFailure.Unavailable or StoreFailure.Suspect;
}
