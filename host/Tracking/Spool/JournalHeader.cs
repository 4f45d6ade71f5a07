using Parallax.Host.Experiments;

namespace Parallax.Host.Tracking;

/// <summary>What must be known to send a journal from another process. Holds no credentials.</summary>
/// <param name="Address">Address of the store, as <see cref="TrackingAddress.Parse"/> reads it.</param>
/// <param name="RunKey">Local identifier of the run, 32 hex digits.</param>
/// <param name="Experiment">Experiment.</param>
/// <param name="Name">Name shown; null lets the store choose.</param>
/// <param name="StartTime">Milliseconds since 1970.</param>
/// <param name="User">Who started it.</param>
/// <param name="Tags">Tags of the start.</param>
/// <param name="ResumeRunId">The run that is continued; null for a new one.</param>
/// <param name="ParentRunId">The run this one is part of; null at the top.</param>
internal sealed record JournalHeader(
    string Address, string RunKey, string Experiment, string? Name, long StartTime, string User,
    IReadOnlyDictionary<string, string> Tags, string? ResumeRunId, string? ParentRunId);
