namespace Parallax.Goldens;

internal enum GoldenStatus
{
    Passed,
    Failed,
    Unknown,
}

/// <summary>How one file went.</summary>
/// <param name="File">Path relative to the checked folder.</param>
/// <param name="Operation">The operation, empty when the file could not be read.</param>
/// <param name="Status">Passed, failed, or unknown: no adapter binds the operation.</param>
/// <param name="Faults">One line per wrong output or gradient, or the error.</param>
internal sealed record GoldenOutcome(string File, string Operation, GoldenStatus Status, IReadOnlyList<string> Faults);
