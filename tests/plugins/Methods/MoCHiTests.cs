using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class MoCHiTests
{
    private const int WarmupEpochs = 2;
    private static readonly MoCHiOptions _small =
        new() { QueueSize = 16, ProjectionDim = 6, HiddenDim = 10, Hardest = 4, PairPoints = 9, QueryPoints = 7, WarmupEpochs = WarmupEpochs };

    [Fact]
    public void Step_SameGenerator_IsSameLoss()
    {
        var method = Create(_small);

        Assert.Equal(
            method.Step(TestRuns.Batch(), TestRuns.Step(WarmupEpochs)).Loss.item<float>(),
                method.Step(TestRuns.Batch(), TestRuns.Step(WarmupEpochs)).Loss.item<float>());
    }

    [Fact]
    public void Step_Analysis_MeasuresFalseNegativesAndLeavesTheLossAlone()
    {
        var (plain, analysis) = (Create(_small), Create(_small with { ClassOracle = ClassOracle.Analysis }));
        Fill(analysis, label: 1);
        plain.load_state_dict(analysis.state_dict().Where(entry => entry.Key != "queue.queue_labels").ToDictionary());

        var output = analysis.Step(TestRuns.Batch(1, 1, 0, -1), TestRuns.Step(WarmupEpochs));

        // two of four queries share the only class
        Assert.Equal(0.5, output.Diagnostics.Single(d => d.Name == "false_negatives").Value.item<float>(), tolerance: 1e-6);
        Assert.Equal(plain.Step(TestRuns.Batch(), TestRuns.Step(WarmupEpochs)).Loss.item<float>(), output.Loss.item<float>(), tolerance: 1e-6);
        Assert.NotNull(output.Remember[0].Tags);
    }

    [Fact]
    public void Step_OracleTraining_RemovesNegativesOfTheOwnClass()
    {
        var method = Create(_small with { ClassOracle = ClassOracle.Training });
        Fill(method, label: 1);

        var loss = method.Step(TestRuns.Batch(1, 1, 1, 1), TestRuns.Step(WarmupEpochs)).Loss.item<float>();

        Assert.Equal(0, loss, tolerance: 1e-6);   // no negative is left
    }

    [Fact]
    public void Constructor_OracleWithoutLabels_IsRefused()
    {
        var fault = Assert.Throws<ConfigurationException>(
            () => new MoCHi(() => new PixelBackbone(), _small with { ClassOracle = ClassOracle.Analysis }, TestRuns.Of(classes: 0)));

        Assert.Contains("method.classOracle", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_HardestNotBelowQueueSize_NamesBothKeys()
    {
        var fault = Assert.Single(new MoCHiOptions { Hardest = 64, QueueSize = 64 }.Validate(new ValidationContext(this)));

        Assert.Contains("method.hardest", fault.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("method.queueSize", fault.ErrorMessage, StringComparison.Ordinal);
    }

    private static void Fill(MoCHi method, long label)
    {
        var state = method.state_dict();
        state["queue.queue_labels"] = full([16], label, dtype: int64);
        method.load_state_dict(state);
    }

    private static MoCHi Create(MoCHiOptions options) => new(() => new PixelBackbone(), options, TestRuns.Of());
}
