namespace Parallax.Benchmarks.Gate;

/// <summary>What is known about one number.</summary>
internal enum Outcome
{
    /// <summary>Not worse than allowed.</summary>
    Pass,

    /// <summary>Of another environment than the baseline's, which is told and does not fail.</summary>
    NotCompared,

    /// <summary>Cannot be told from what was measured.</summary>
    Inconclusive,

    /// <summary>In the baseline, or at the other revision, but not measured here.</summary>
    Missing,

    /// <summary>Measured here, but not in the baseline or at the other revision.</summary>
    New,

    /// <summary>Measured, and no finite number; or the measurement ended with an error.</summary>
    Invalid,

    /// <summary>Worse than allowed.</summary>
    Fail,
}

/// <summary>The verdict of a whole run; its value is the exit code.</summary>
internal enum Verdict
{
    Pass = 0,
    Fail = 1,
    Inconclusive = 3,
}

/// <summary>From outcomes to the verdict.</summary>
internal static class Verdicts
{
    /// <summary>The exit code of what the user can correct.</summary>
    public const int BadInput = 2;

    /// <summary>Whether a single number fails the run: what is new, missing or no number does as much as what is worse.</summary>
    public static bool Fails(Outcome outcome) => outcome is Outcome.Fail or Outcome.Invalid or Outcome.New or Outcome.Missing;

    /// <summary>One failure fails; else one that cannot be told, or a run in which nothing was compared, is inconclusive.</summary>
    public static Verdict Of(IReadOnlyCollection<Outcome> outcomes) =>
        outcomes.Any(Fails) ? Verdict.Fail
        : outcomes.Contains(Outcome.Inconclusive) || !outcomes.Contains(Outcome.Pass) ? Verdict.Inconclusive
        : Verdict.Pass;
}
