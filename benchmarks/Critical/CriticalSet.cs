using Parallax.Benchmarks.Gate;

namespace Parallax.Benchmarks.Critical;

/// <summary>The measurements that the gate watches. To add one, add a line to the list of its group.</summary>
internal static class CriticalSet
{
    /// <summary>All of them, each name once.</summary>
    public static IReadOnlyList<Measurement> All { get; } =
    [
        .. LossMeasurements.All, .. AttentionMeasurements.All, .. InputMeasurements.All, .. OptimizerMeasurements.All, .. StepMeasurements.All,
    ];
}
