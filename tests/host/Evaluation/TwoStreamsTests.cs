using Parallax.Contracts;
using Parallax.Host.Evaluation;

namespace Parallax.Host.Tests.Evaluation;

public sealed class TwoStreamsTests
{
    private static readonly ClassScores Colours = new([0.9f, 0.1f, 0.4f, 0.6f, 0.6f, 0.4f], [0, 0, 1]);   // right, wrong, wrong
    private static readonly ClassScores Flow = new([0.2f, 0.8f, 0.7f, 0.3f, 0.5f, 0.5f], [0, 0, 1]);      // wrong, right, wrong: of two equal ones the first

    [Fact]
    public void Of_TwoClassifiers_AddsTheAccuracyOfTheirMeanProbabilities()
    {
        var result = Assert.Single(TwoStreams.Of(Measured(Colours, 1 / 3.0), Measured(Flow, 1 / 3.0)).Results).Result;

        // by hand: (1.1, 0.9), (1.1, 0.9) and (1.1, 0.9)
        Assert.Equal(2 / 3.0, result.Details[TwoStreams.Both], 1e-12);
        Assert.Equal(1 / 3.0, result.Details[TwoStreams.Second], 1e-12);
        Assert.Equal((1 / 3.0, 7), (result.Accuracy, result.Details["own"]));
    }

    [Fact]
    public void Of_OtherVideos_KeepsTheNumberAndSaysSo()
    {
        var measured = TwoStreams.Of(Measured(Colours, 0.5), Measured(new([0.2f, 0.8f, 0.7f, 0.3f], [0, 0]), 0.5));

        Assert.Equal(0.5, Assert.Single(measured.Results).Result.Accuracy);
        AssertFault("The second run was measured on other held-out videos (2) than the first (3)", measured);
    }

    [Fact]
    public void Of_ScoresThatAreNoProbabilities_SaysWhatToTake() => AssertFault(
        "Its scores are no probabilities", TwoStreams.Of(Measured(Colours, 0.5), Measured(Flow with { Values = [3, 1, 2, 4, 0, 1] }, 0.5)));

    [Fact]
    public void Of_FrozenFeatures_SaysWhatToTake() => AssertFault("It trains no classifier", TwoStreams.Of(Measured(null, 0.5), Measured(null, 0.5)));

    [Fact]
    public void Of_SecondRunFails_GivesItsReason() => AssertFault(
        "The second run has no number: no labels.", TwoStreams.Of(Measured(Colours, 0.5), new([], [new("probe", "no labels.")])));

    private static Measurement Measured(ClassScores? scores, double accuracy) =>
        new([new("probe", new EvaluationResult(accuracy, accuracy, new Dictionary<string, double> { ["own"] = 7 })) { Scores = scores }], []);

    private static void AssertFault(string expected, Measurement measured)
    {
        var failure = Assert.Single(measured.Failures);

        Assert.Equal("probe, two streams", failure.Protocol);
        Assert.True(failure.IsUserError);
        Assert.StartsWith(expected, failure.Reason, StringComparison.Ordinal);
    }
}
