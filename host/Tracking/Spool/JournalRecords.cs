using System.Text.Json.Serialization;

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

/// <summary>How far a journal has been sent.</summary>
internal sealed record JournalState
{
    /// <summary>Everything before this byte is in the store.</summary>
    public long Offset { get; init; }

    /// <summary>Identifier of the run in the store; null before the first contact.</summary>
    public string? RunId { get; init; }

    /// <summary>True once a creation was sent: its answer may have been lost, so the store is asked for the run before another one.</summary>
    public bool CreationWasTried { get; init; }

    /// <summary>Number of times the run was resumed in this journal.</summary>
    public int Sessions { get; init; }

    /// <summary>For each metric the last step that the store had when the current session began.</summary>
    public IReadOnlyDictionary<string, long> LastSteps { get; init; } = new Dictionary<string, long>();

    /// <summary>True when the last thing sent was the end of the run.</summary>
    public bool HasEnded { get; init; }

    /// <summary>True when the run went on before the store had given it an identifier: runs below it may name it by its local one.</summary>
    public bool BeganOffline { get; init; }

    /// <summary>True when the runs below it that the store had by then name it by its identifier in the store.</summary>
    [JsonPropertyName("hasAdopted")]   // its name in journals that are there already
    public bool HasCorrectedChildren { get; init; }

    /// <summary>Identifier in the store of the run that this one is part of; null while the store does not know it.</summary>
    public string? ParentRunId { get; init; }

    /// <summary>The identifier of an earlier record of the run, which is gone from the store; null when there was none.</summary>
    public string? LostRunId { get; init; }

    /// <summary>
    /// The point to send for a point of the current session; null when the store has it. So a resumed run equals one that was never interrupted, although
    /// training repeats the steps since its checkpoint. Counters of the machine go on where they stopped.
    /// </summary>
    public MetricPoint? ToSend(MetricPoint point) =>
        !LastSteps.TryGetValue(point.Key, out var last) ? point
        : MetricPoint.IsSystem(point.Key) ? point with { Step = point.Step + last + 1 }
        : point.Step > last ? point
        : null;
}
