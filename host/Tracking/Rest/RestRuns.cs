namespace Parallax.Host.Tracking;

/// <summary>From the server's records to ours.</summary>
internal static class RestRuns
{
    /// <summary>A run.</summary>
    public static StoredRun Read(MlflowRun run) => new(
        run.Info.RunId, run.Info.ExperimentId ?? "", run.Info.RunName ?? "", run.Info.Status ?? RunStatus.Running, run.Info.StartTime ?? 0, run.Info.EndTime,
        run.Info.ArtifactUri ?? "", run.Info.LifecycleStage == "deleted")
    {
        Metrics = ByKey(run.Data?.Metrics, m => m.Key, ReadPoint),
        Params = ReadPairs(run.Data?.Params),
        Tags = ReadPairs(run.Data?.Tags),
    };

    /// <summary>A point of a curve.</summary>
    public static MetricPoint ReadPoint(MlflowMetric metric) => new(metric.Key, SpecialValues.FromStored(metric.Value), metric.Timestamp, metric.Step);

    private static Dictionary<string, string> ReadPairs(IReadOnlyList<MlflowTag>? pairs) => ByKey(pairs, p => p.Key, p => p.Value ?? "");

    // A server that names a key twice means the last one.
    private static Dictionary<string, TValue> ByKey<T, TValue>(IReadOnlyList<T>? items, Func<T, string> key, Func<T, TValue> value)
    {
        var found = new Dictionary<string, TValue>();
        foreach (var item in items ?? [])
        {
            found[key(item)] = value(item);
        }

        return found;
    }
}
