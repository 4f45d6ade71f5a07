using Parallax.Host.Tracking;

namespace Parallax.Host.Training;

/// <summary>Sends what training reports to the tracked run.</summary>
internal sealed class TrackingObserver(ITrackedRun run)
{
    public void OnStep(StepReport report)
    {
        run.LogMetric("train/loss", report.Loss, report.Step);
        run.LogMetric("train/learning_rate", report.LearningRate, report.Step);
        foreach (var (name, value) in report.Diagnostics)
        {
            run.LogMetric($"train/{name}", value, report.Step);
        }

        foreach (var (name, value) in report.Health?.Metrics() ?? [])
        {
            run.LogMetric($"train/{name}", value, report.Step);
        }

        if (report.ImagesPerSecond > 0)
        {
            run.LogMetric("speed/images_per_second", report.ImagesPerSecond, report.Step);
            run.LogMetric("speed/data_share", report.Split.Data, report.Step);
        }
    }
}
