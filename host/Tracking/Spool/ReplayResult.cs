namespace Parallax.Host.Tracking;

/// <summary>What became of a journal.</summary>
/// <param name="LocalId">Local identifier of the run.</param>
/// <param name="RunId">Identifier in the store; null when it never got there.</param>
/// <param name="Problem">Why not all of it was sent; null when it was.</param>
/// <param name="Kept">What is left; null when nothing is.</param>
/// <param name="IsKnownByLocalId">True when the program gave the run its local identifier, which others may look for.</param>
internal sealed record ReplayResult(string LocalId, string? RunId, string? Problem, KeptItems? Kept = null, bool IsKnownByLocalId = false);
