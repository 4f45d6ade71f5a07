namespace Parallax.Host.Tracking;

/// <summary>What became of a journal.</summary>
/// <param name="LocalId">Local identifier of the run.</param>
/// <param name="RunId">Identifier in the store; null when it never got there.</param>
/// <param name="Problem">Why not all of it was sent; null when it was.</param>
/// <param name="Kept">What is left; null when nothing is.</param>
/// <param name="FormerId">The identifier that the program gave the run when the store did not know it, or no longer did; null when it is the same.</param>
internal sealed record ReplayResult(string LocalId, string? RunId, string? Problem, KeptItems? Kept = null, string? FormerId = null);
