using Parallax.Host.Tests.Training;
using Parallax.Host.Verification;

namespace Parallax.Host.Tests.Verification;

[Collection(GeneratorCollection.Name)]
public sealed class RunFactsTests
{
    [Fact]
    public void Of_ScaledLearningRate_IsAsItWillBe()
    {
        using var bench = new TrainingBench();
        using var session = bench.Session(TrainingBench.Method(), "optimizer.scaleLearningRate=linear", "trainer.accumulation=2", "schedule.warmupEpochs=1");

        var facts = RunFacts.Of(session.Experiment, processes: 1);

        Assert.Equal((4, 2, 8L, 4L), (facts.EffectiveBatch, facts.MicroBatches, facts.TotalSteps, facts.WarmupSteps));
        Assert.Equal(0.1 * 4 / 256, facts.PeakLearningRate, tolerance: 1e-12);
        Assert.Equal(0.1 * 4 / 256, facts.FinalLearningRate, tolerance: 1e-12);   // the schedule of the bench is constant
        Assert.Equal(0, facts.BatchNormLayers);
        Assert.Null(facts.BatchNormRisk);
    }

    [Theory]
    [InlineData(16, false, 1, null)]
    [InlineData(15, false, 1, "15 images are noisy")]
    [InlineData(64, true, 1, "trainer.batchNorm is local")]
    [InlineData(64, false, 4, "each of the 4 micro-batches has statistics of its own")]
    public void Risk_OfBatchStatistics_IsTold(int images, bool isLocal, int accumulation, string? expected)
    {
        var risk = RunFacts.Risk(images, isLocal, accumulation);

        if (expected is null)
        {
            Assert.Null(risk);
        }
        else
        {
            Assert.Contains(expected, risk, StringComparison.Ordinal);
        }
    }
}
