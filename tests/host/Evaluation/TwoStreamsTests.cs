using Parallax.Contracts;
using Parallax.Host.Evaluation;

namespace Parallax.Host.Tests.Evaluation;

public sealed class TwoStreamsTests
{
    private static readonly ClassScores Colours = new([0.9f, 0.1f, 0.4f, 0.6f, 0.6f, 0.4f], [0, 0, 1], [0, 1, 2]);   // right, wrong, wrong
    private static readonly ClassScores Flow = new([0.2f, 0.8f, 0.7f, 0.3f, 0.5f, 0.5f], [0, 0, 1], [0, 1, 2]);   // wrong, right, wrong: the first of equals

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
        var measured = TwoStreams.Of(Measured(Colours, 0.5), Measured(new([0.2f, 0.8f, 0.7f, 0.3f], [0, 0], [0, 1]), 0.5));

        Assert.Equal(0.5, Assert.Single(measured.Results).Result.Accuracy);
        AssertFault("The second run was measured on other held-out videos (2) than the first (3)", measured);
    }

    [Fact]
    public void Of_OtherVideosWithTheSameLabels_AreTold() => AssertFault(
        "The second run was measured on other held-out videos (3) than the first (3); 2 are the same. Give both the same data",
        TwoStreams.Of(Measured(Colours, 0.5), Measured(Flow with { Indices = [0, 2, 3] }, 0.5)));

    [Fact]
    public void Of_OtherClasses_AreTold() => AssertFault(
        "The held-out videos of the second run have other labels or classes",
        TwoStreams.Of(Measured(Colours, 0.5), Measured(Flow with { Values = [1, 0, 0, 1, 0, 0, 0, 0, 1] }, 0.5)));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Of_ScoresThatAreNotFinite_SaysThatTheTrainingHasDiverged(float value) => AssertFault(
        "Scores of 0 of 3 held-out videos in the first run and of 1 in the second are infinite or not a number",
        TwoStreams.Of(Measured(Colours, 0.5), Measured(Flow with { Values = [0.2f, 0.8f, value, 0.3f, 0.5f, 0.5f] }, 0.5)));

    [Fact]
    public void Of_SecondRunCrashes_IsNoErrorOfTheUser()
    {
        var cause = new InvalidOperationException("broken.");

        var measured = TwoStreams.Of(Measured(Colours, 0.5), new([], [ProtocolFailure.Of("probe", cause)]));

        var failure = Assert.Single(measured.Failures);
        Assert.Equal(("probe, two streams", "The second run has no number: broken."), (failure.Protocol, failure.Reason));
        Assert.Same(cause, failure.Cause);
        Assert.False(failure.IsUserError);
    }

    [Fact]
    public void Of_BothRunsFail_KeepsBothReasons()
    {
        var measured = TwoStreams.Of(new([], [new("probe", "no labels.")]), new([], [ProtocolFailure.Of("probe", new InvalidOperationException("broken."))]));

        Assert.Equal(["probe: no labels.", "probe, second run: broken."], measured.Failures.Select(failure => $"{failure.Protocol}: {failure.Reason}"));
        Assert.Equal([true, false], measured.Failures.Select(failure => failure.IsUserError));
    }

    [Fact]
    public void Of_NotesAndVideosLeftOut_AreThoseOfBothRuns()
    {
        var (first, second) = (Measured(Colours, 0.5), Measured(Flow, 0.5));
        second = second with { Notes = ["few."], Results = [second.Results[0] with { LeftOut = new(1, 40, 2, 5) }] };

        var measured = TwoStreams.Of(first with { Notes = ["short."] }, second);

        Assert.Equal(["short.", "Second run: few."], measured.Notes);
        Assert.Null(measured.LeftOut);
        Assert.Equal(new LeftOutImages(1, 40, 2, 5), measured.SecondLeftOut);
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
