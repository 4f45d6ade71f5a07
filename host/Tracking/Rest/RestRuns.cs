namespace Parallax.Host.Tracking;

/// <summary>From the server's records to ours.</summary>
internal static class RestRuns
{
    /// <summary>A run.</summary>
    public static StoredRun Read(MlflowRun run) => new(
        run.Info.RunId, run.Info.ExperimentId ?? "", run.Info.RunName ?? "", run.Info.Status ?? RunStatus.Running, run.Info.StartTime ?? 0, run.Info.EndTime,
        run.Info.ArtifactUri ?? "", run.Info.LifecycleStage == "deleted")
    {
        Metrics = (run.Data?.Metrics ?? []).ToDictionary(m => m.Key, ReadPoint),
        Params = ReadPairs(run.Data?.Params),
        Tags = ReadPairs(run.Data?.Tags),
    };

    /// <summary>A point of a curve.</summary>
    public static MetricPoint ReadPoint(MlflowMetric metric) => new(metric.Key, SpecialValues.FromStored(metric.Value), metric.Timestamp, metric.Step);

    private static Dictionary<string, string> ReadPairs(IReadOnlyList<MlflowTag>? pairs) => (pairs ?? []).ToDictionary(p => p.Key, p => p.Value ?? "");
}
