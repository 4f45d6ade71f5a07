using Parallax.Host.Tests.Tracking;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class TrackingObserverTests
{
    private readonly StepReport _report = new(7, 10, 1, 2, Loss: 1.5, LearningRate: 0.25, [("hits", 0.5)], ImagesPerSecond: 100, Remaining: null,
        new(0.1, 0.2, 0.3, 0.4));

    [Fact]
    public void OnStep_PlainReport_SendsEveryNumberAtItsStep() =>
        Assert.Equal(
            [("train/loss", 1.5, 7), ("train/learning_rate", 0.25, 7), ("train/hits", 0.5, 7), ("speed/images_per_second", 100, 7),
                ("speed/data_share", 0.1, 7)],
            Sent(_report));

    [Fact]
    public void OnStep_WithHealth_SendsItsNumbersToo()
    {
        var health = new EmbeddingHealth(Spread: 0.9, EffectiveRank: 20, Rows: 64, Width: 32, Uniformity: -3, Alignment: 0.3, Usage: 0.7, TargetEntropy: 0.6,
            TargetWidth: 16);

        Assert.Equal(
            [
                ("train/embedding/spread", 0.9, 7), ("train/embedding/effective_rank", 20, 7), ("train/embedding/uniformity", -3, 7),
                ("train/embedding/alignment", 0.3, 7),
                ("train/targets/usage", 0.7, 7), ("train/targets/entropy", 0.6, 7),
            ],
            Sent(_report with { Health = health }).Where(metric => metric.Name.Split('/').Length == 3));
        Assert.Equal(3, Sent(_report with { Health = health with { Alignment = null, Usage = null, TargetEntropy = null } })
            .Count(metric => metric.Name.Split('/').Length == 3));
    }

    [Fact]
    public void OnStep_NoTimeMeasuredYet_SendsNoSpeed() =>
        Assert.DoesNotContain(Sent(_report with { ImagesPerSecond = 0 }), metric => metric.Name.StartsWith("speed/", StringComparison.Ordinal));

    private static List<(string Name, double Value, long Step)> Sent(StepReport report)
    {
        var (run, record) = RecordedRun.Create();
        new TrackingObserver(run).OnStep(report);

        return record.Metrics;
    }
}
