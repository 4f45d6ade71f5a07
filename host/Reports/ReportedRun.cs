using Parallax.Host.Evaluation;
using Parallax.Host.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Reports;

/// <summary>What is known about a run.</summary>
/// <param name="RunId">Its identifier.</param>
/// <param name="Stored">As the tracking store has it; null where it has not.</param>
/// <param name="Directory">Its folder; null where there is none.</param>
/// <param name="Curves">Its curves by their names.</param>
internal sealed record ReportedRun(
    string RunId, StoredRun? Stored, RunDirectory? Directory, IReadOnlyDictionary<string, IReadOnlyList<MetricPoint>> Curves)
{
    private const int ShownOfAnId = 8;

    /// <summary>What a reader calls it: the beginning of its identifier and the method.</summary>
    public string Name => Method is { } method ? $"{ShortId} ({method})" : ShortId;

    /// <summary>What its folder says; null where the store has the run.</summary>
    public FolderFacts? Folder { get; init; }

    /// <summary>The method; null where nothing says it.</summary>
    public string? Method => Stored?.Method ?? Folder?.Method;

    /// <summary>What became of it, in a word.</summary>
    public string State => Stored is { } stored ? RunStatus.Word(stored.Status) : Directory!.Record.State.ToString().ToLowerInvariant();

    /// <summary>Optimizer steps, and the loss there; null where nothing says them.</summary>
    public (long? Step, double? Loss) Last => Stored is null ? (Folder?.Step, Folder?.Loss)
        : Stored.Metrics.GetValueOrDefault("train/loss") is { } loss ? (loss.Step, loss.Value) : default;

    /// <summary>The beginning of its identifier.</summary>
    public string ShortId => RunId[..Math.Min(ShownOfAnId, RunId.Length)];

    /// <summary>What its backbone makes of held-out images; null where that is not known.</summary>
    public FeatureStudy? Features { get; init; }

    /// <summary>Which classes the probes of its last evaluation took for which; empty where there were none.</summary>
    public IReadOnlyList<KeptConfusion> Confusions { get; init; } = [];

    /// <summary>Whether its data are videos, where anything says it.</summary>
    public bool AreVideos => Features?.AreVideos ?? (Stored is not null && RunTags.AreVideos(Stored));

    /// <summary>What was measured on it after its training.</summary>
    public IReadOnlyList<LaterNumber> Later { get; init; } = [];

    /// <summary>What is missing, and why: a sentence each.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];
}
