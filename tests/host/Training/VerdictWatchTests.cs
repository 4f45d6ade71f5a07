using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

[Collection(GeneratorCollection.Name)]
public sealed class VerdictWatchTests
{
    private const int Reports = 40;

    private readonly EmbeddingHealth _healthy =
        new(Spread: 0.9, EffectiveRank: 20, Rows: 64, Width: 32, Uniformity: -3, Alignment: 0.3, Usage: null, TargetEntropy: null, TargetWidth: 0);

    [Fact]
    public void Observe_LossFalls_IsLearningAndToldOnce()
    {
        var (watch, changes) = Run(i => 2 - (0.03 * i) + Noise(i), _ => _healthy);

        Assert.Equal([(12, TrainingState.Learning)], changes);   // ten reports, and two more that say the same
        Assert.StartsWith("learning: the loss falls, from ", $"{watch.Current}", StringComparison.Ordinal);
        Assert.Equal("learning", watch.Current!.Word);
    }

    [Fact]
    public void Observe_LossStands_IsSaturatedUnlessTheRankGrows()
    {
        var (still, _) = Run(i => 2 + Noise(i), _ => _healthy);
        var (spreading, _) = Run(i => 2 + Noise(i), i => _healthy with { EffectiveRank = 10 + (0.2 * i) });

        Assert.Equal(TrainingState.Saturated, still.Current!.State);
        Assert.StartsWith("saturated: the loss has not fallen for 20 reports, 2", $"{still.Current}", StringComparison.Ordinal);
        Assert.StartsWith("learning: the embeddings use more directions, an effective rank of 18", $"{spreading.Current}", StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_LossFallsOnlyAtTheStart_ChangesFromLearningToSaturated()
    {
        var (_, changes) = Run(i => 2 * Math.Exp(-i / 3.0) + (0.1 * Noise(i)), _ => _healthy);

        Assert.Equal([TrainingState.Learning, TrainingState.Saturated], changes.Select(change => change.State));
    }

    [Fact]
    public void Observe_LossGrows_DivergesOnlyBeyondThreeTimesItsStart()
    {
        var (queue, _) = Run(i => 3.5 + (0.1 * i) + Noise(i), _ => _healthy);   // as when a queue of negatives fills
        var (diverging, _) = Run(i => 1 + (0.2 * i) + Noise(i), _ => _healthy);

        Assert.Equal(TrainingState.Saturated, queue.Current!.State);
        Assert.Equal(TrainingState.Diverging, diverging.Current!.State);
        Assert.StartsWith("Lower optimizer.baseLearningRate", diverging.Current.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_GradientGrowsWithTheLoss_Diverges()
    {
        var (watch, _) = Run(i => 3.5 + (0.1 * i) + Noise(i), _ => _healthy, i => i < 28 ? 1 : 50);

        Assert.Equal(TrainingState.Diverging, watch.Current!.State);
        Assert.Contains("the gradient is more than 10 times what it was", watch.Current.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2.5, 0.7, TrainingState.Collapsed)]
    [InlineData(4.5, 0.35, TrainingState.Collapsed)]
    [InlineData(4.5, 0.7, TrainingState.Learning)]
    public void Observe_FewDirections_AreACollapseThoughTheLossFalls(double rank, double spread, object expected)
    {
        var (watch, _) = Run(i => 2 - (0.03 * i) + Noise(i), _ => _healthy with { EffectiveRank = rank, Spread = spread });

        Assert.Equal((TrainingState)expected, watch.Current!.State);
        Assert.Null(watch.Collapse);   // trainer.onCollapse asks for less
    }

    [Fact]
    public void Observe_OnePoint_IsTheCollapseThatTheWatchTells()
    {
        var (watch, changes) = Run(i => 2 - (0.03 * i) + Noise(i), i => i < 20 ? _healthy : _healthy with { Spread = 0.01 });

        Assert.Equal([(12, TrainingState.Learning), (22, TrainingState.Collapsed)], changes);
        Assert.StartsWith("collapsed: Collapse at step 220: all images have nearly the same embedding", $"{watch.Current}", StringComparison.Ordinal);
    }

    [Fact]
    public void Observe_NoEmbeddings_GoesByTheLoss()
    {
        var (watch, _) = Run(i => 2 - (0.03 * i) + Noise(i), _ => null);

        Assert.Equal(TrainingState.Learning, watch.Current!.State);
    }

    [Fact]
    public void ObserveNonFinite_AtOnce_IsDivergingWithTheCourse()
    {
        var (watch, _) = Run(i => i == 1 ? 1.9 : 1.46e14, _ => _healthy, reports: 2);
        var first = new VerdictWatch(new TinyMethod(), Reports * 10);

        watch.ObserveNonFinite(new(30, Reports * 10, 0, 1, double.NaN, 0.1, [], 0, null, default));
        first.ObserveNonFinite(new(1, Reports * 10, 0, 1, double.PositiveInfinity, 0.1, [], 0, null, default));

        Assert.Equal(
            "diverging: the loss is NaN at step 30, from 1.9 at the start to 1.46E+14 at the report before. Lower optimizer.baseLearningRate, raise "
                + "schedule.warmupEpochs, or set trainer.clipGradNorm.", $"{watch.Current}");
        Assert.Equal("the loss is Infinity at step 1", first.Current!.Cause);
    }

    [Fact]
    public void Observe_FewReports_SaysNothing()
    {
        var (watch, changes) = Run(i => 2 - (0.03 * i), _ => _healthy, reports: 9);

        Assert.Null(watch.Current);
        Assert.Empty(changes);
    }

    [Fact]
    public void Trend_ByHand_IsTheLineAndItsSlopeOverItsError()
    {
        var trend = Trend.Of([1, 3, 2, 4]);   // slope 0.8; residuals -0.3, 0.9, -0.9, 0.3; error sqrt(1.8 / 2 / 5)

        Assert.Equal(1.3, trend.First, 1e-12);
        Assert.Equal(3.7, trend.Last, 1e-12);
        Assert.Equal(0.8 / Math.Sqrt(0.18), trend.Significance, 1e-12);
        Assert.Equal(0, Trend.Of([2, 2, 2]).Significance);
    }

    private static (VerdictWatch Watch, List<(int Report, TrainingState State)> Changes) Run(
        Func<int, double> loss, Func<int, EmbeddingHealth?> health, Func<int, double>? gradient = null, int reports = Reports)
    {
        var watch = new VerdictWatch(new TinyMethod(), Reports * 10);
        List<(int, TrainingState)> changes = [];
        for (var i = 1; i <= reports; i++)
        {
            var report = new StepReport(
                i * 10, Reports * 10, 0, 1, loss(i), 0.1, gradient is null ? [] : [(StepResult.GradientNormName, gradient(i))], 0, null, default, health(i));
            if (watch.Observe(report).IsChanged)
            {
                changes.Add((i, watch.Current!.State));
            }
        }

        return (watch, changes);
    }

    private static double Noise(int i) => 0.01 * Math.Sin(i * 2.3);
}
