using Parallax.Host.Experiments;

namespace Parallax.Host.Tracking;

/// <summary>A run to create.</summary>
/// <param name="Experiment">Name of the experiment; created when missing.</param>
/// <param name="Name">Name shown; null lets the store choose.</param>
/// <param name="RunKey">32 hex digits chosen by the client: creating twice with the same key gives the same run.</param>
/// <param name="StartTime">Milliseconds since 1970.</param>
/// <param name="User">Who started it.</param>
/// <param name="Tags">Tags set at creation.</param>
internal sealed record NewRun(string Experiment, string? Name, string RunKey, long StartTime, string User, IReadOnlyDictionary<string, string> Tags);

/// <summary>One point of a curve.</summary>
/// <param name="Key">Metric.</param>
/// <param name="Value">Value; NaN and infinities are legal.</param>
/// <param name="Timestamp">Milliseconds since 1970.</param>
/// <param name="Step">Step.</param>
internal sealed record MetricPoint(string Key, double Value = 0, long Timestamp = 0, long Step = 0)
{
    /// <summary>Prefix of the metrics of the machine.</summary>
    public const string SystemPrefix = "system/";

    private const double StoredInfinity = 1.79e308;

    /// <summary>True for the metrics of the machine.</summary>
    public static bool IsSystem(string key) => key.StartsWith(SystemPrefix, StringComparison.Ordinal);

    /// <summary>The point as it was logged: databases hold the largest double for an infinity.</summary>
    public MetricPoint FromStored() =>
        Math.Abs(Value) >= StoredInfinity ? this with { Value = Value > 0 ? double.PositiveInfinity : double.NegativeInfinity } : this;
}

/// <summary>What is sent in one request or transaction: all of it is stored, or nothing.</summary>
internal sealed record RunBatch(
    IReadOnlyList<MetricPoint> Metrics, IReadOnlyDictionary<string, string> Params, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>One tag, and some metrics.</summary>
    public static RunBatch OfTag(string key, string value, params MetricPoint[] metrics) =>
        new(metrics, new Dictionary<string, string>(), new Dictionary<string, string> { [key] = value });

    /// <summary>True when there is nothing to send.</summary>
    public bool IsEmpty => Metrics.Count + Params.Count + Tags.Count == 0;
}

/// <summary>A data set that a run read. <paramref name="Source"/>, <paramref name="Schema"/> and <paramref name="Profile"/> hold JSON.</summary>
internal sealed record DatasetEntry(string Name, string Digest, string SourceType, string Source, string? Schema, string? Profile, string Context);

/// <summary>A run as the store knows it.</summary>
/// <param name="RunId">Identifier in the store.</param>
/// <param name="ExperimentId">Identifier of its experiment.</param>
/// <param name="Name">Name shown.</param>
/// <param name="Status"><c>RUNNING</c>, <c>FINISHED</c>, <c>FAILED</c>, <c>KILLED</c> or <c>SCHEDULED</c>.</param>
/// <param name="StartTime">Milliseconds since 1970.</param>
/// <param name="EndTime">Milliseconds since 1970; null while it runs.</param>
/// <param name="ArtifactUri">Where its files belong.</param>
/// <param name="IsDeleted">Deleted runs refuse every write.</param>
internal sealed record StoredRun(
    string RunId, string ExperimentId, string Name, string Status, long StartTime, long? EndTime, string ArtifactUri, bool IsDeleted)
{
    /// <summary>The latest point of every metric: the greatest (step, timestamp, value).</summary>
    public IReadOnlyDictionary<string, MetricPoint> Metrics { get; init; } = new Dictionary<string, MetricPoint>();

    public IReadOnlyDictionary<string, string> Params { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The method it trained with; null when it says none.</summary>
    public string? Method => Tags.GetValueOrDefault("method") ?? Params.GetValueOrDefault("method.name");

    /// <summary>When it started.</summary>
    public DateTimeOffset Started => TimeOf(StartTime);

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? Ended => EndTime is { } end ? TimeOf(end) : null;

    /// <summary>A time of the store. Other programs write there, too: one that no calendar has is the first or the last that it has.</summary>
    /// <param name="milliseconds">Since 1970.</param>
    public static DateTimeOffset TimeOf(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(milliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}

/// <summary>Names of run states in the store.</summary>
internal static class RunStatus
{
    public const string Running = "RUNNING", Finished = "FINISHED", Failed = "FAILED", Killed = "KILLED";

    /// <summary>A state in the word that people read, the same as in the folder of a run.</summary>
    public static string Word(string status) => status == Killed ? "stopped" : status.ToLowerInvariant();
}

/// <summary>Tags that MLflow gives a meaning.</summary>
internal static class MlflowTags
{
    /// <summary>The run that this one is part of.</summary>
    public const string ParentRunId = "mlflow.parentRunId";

    /// <summary>Who started it.</summary>
    public const string User = "mlflow.user";
}
