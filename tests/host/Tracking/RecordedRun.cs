using System.Reflection;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>A tracked run that keeps what it is told.</summary>
public class RecordedRun : DispatchProxy
{
    /// <summary>Metrics in order: name, value, step.</summary>
    public List<(string Name, double Value, long Step)> Metrics { get; } = [];

    /// <summary>A run, and what it is told.</summary>
    internal static (ITrackedRun Run, RecordedRun Record) Create()
    {
        var run = Create<ITrackedRun, RecordedRun>();

        return (run, (RecordedRun)(object)run);
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name == nameof(ITrackedRun.LogMetric))
        {
            Metrics.Add(((string)args![0]!, (double)args[1]!, (long)args[2]!));
        }

        return targetMethod.ReturnType == typeof(bool) ? false : targetMethod.ReturnType == typeof(string) ? "recorded" : null;
    }
}
