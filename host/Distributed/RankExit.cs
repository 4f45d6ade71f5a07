namespace Parallax.Host.Distributed;

/// <summary>How the processes of a run ended.</summary>
/// <param name="Rank">Which one was the first to end badly; null where none did, or nobody knows.</param>
/// <param name="Code">Its exit code; 128 and the number of the signal when one killed it.</param>
internal readonly record struct RankExit(int? Rank, int Code)
{
    /// <summary>What is added to the number of a signal to make an exit code.</summary>
    public const int Signals = 128;

    private const int HighestSignal = 64;

    /// <summary>What happened, as the end of a sentence.</summary>
    public string Cause => Code is > Signals and <= Signals + HighestSignal
        ? FormattableString.Invariant($"was killed by signal {Code - Signals}{Names.GetValueOrDefault(Code - Signals, "")}")
        : FormattableString.Invariant($"ended with exit code {Code}");

    private static readonly Dictionary<int,
        string> Names = new() { [6] = " (SIGABRT)", [7] = " (SIGBUS)", [9] = " (SIGKILL, as the kernel does when memory runs out)", [11] = " (SIGSEGV)",
            [15] = " (SIGTERM)" };
}
