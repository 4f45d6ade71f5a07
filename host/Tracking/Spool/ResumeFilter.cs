namespace Parallax.Host.Tracking;

/// <summary>
/// Keeps a resumed run equal to one that was never interrupted: training repeats the steps since its checkpoint, and the store has their points already.
/// </summary>
internal static class ResumeFilter
{
    /// <summary>For each metric the last step that a run has.</summary>
    public static IReadOnlyDictionary<string, long> LastSteps(StoredRun run) => run.Metrics.ToDictionary(m => m.Key, m => m.Value.Step);

    /// <summary>The point to send for a point of the resumed session; null when the store has it. Counters of the machine go on where they stopped.</summary>
    public static MetricPoint? Apply(MetricPoint point, IReadOnlyDictionary<string, long> lastSteps)
    {
        if (!lastSteps.TryGetValue(point.Key, out var last))
        {
            return point;
        }

        if (point.Key.StartsWith(MetricPoint.SystemPrefix, StringComparison.Ordinal))
        {
            return point with { Step = point.Step + last + 1 };
        }

        return point.Step > last ? point : null;
    }
}
