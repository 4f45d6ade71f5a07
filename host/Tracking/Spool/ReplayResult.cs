namespace Parallax.Host.Tracking;

/// <summary>What became of a journal.</summary>
/// <param name="LocalId">Local identifier of the run.</param>
/// <param name="RunId">Identifier in the store; null when it never got there.</param>
/// <param name="Problem">Why it was not sent; null when it was.</param>
internal sealed record ReplayResult(string LocalId, string? RunId, string? Problem);
