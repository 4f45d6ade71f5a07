using Parallax.Host.Tracking;

namespace Parallax.Host.Reports;

/// <summary>Why a run failed, and how to see it, for pages.</summary>
internal static class FailureSentence
{
    /// <summary>The sentence; null where the run has not failed, or does not say why.</summary>
    public static Html? Of(StoredRun? run) => RunFailure.Of(run) is not { } failure ? null
        : failure.Replay is not { } command ? Html.Of($"{failure.Message}")
        : Html.Of($"{failure.Message} See its last step: <code>{command}</code>");
}
