using Parallax.Host.Evaluation;
using Parallax.Host.Tests.Training;

namespace Parallax.Host.Tests.Evaluation;

[Collection(GeneratorCollection.Name)]
public sealed class EvaluationParametersTests : IDisposable
{
    private readonly TrainingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Of_ProtocolWithOptions_SaysWeightsDataAndOptions()
    {
        var configuration = _bench.Configuration("evaluation.protocols=[applause]", "evaluation.applause.hands=7");

        var parameters = EvaluationParameters.Of(
            configuration, [configuration.Protocols["applause"]], new("evaluation", 12, "the run", "file.safetensors", "00ff"),
            new Dictionary<string, ProtocolRecord> { ["applause"] = new("mAP", "cross-validation", 3, "00aa") });

        Assert.Equal(("applause", "7"), (parameters["evaluation.protocols"], parameters["evaluation.applause.hands"]));
        Assert.Equal(("silence", "ear", "hum"), (parameters["data.name"], parameters["backbone.name"], parameters["method.name"]));
        Assert.Equal(("evaluation", "12", "the run"), (parameters["weights"], parameters["weights.step"], parameters["weights.run"]));
        Assert.Equal("00ff", parameters["weights.hash"]);
        Assert.Equal(("3", "00aa", "cross-validation"), (parameters["protocol.applause.version"], parameters["protocol.applause.options"],
            parameters["protocol.applause.chosen_by"]));
        Assert.Equal(Path.GetFullPath("file.safetensors"), parameters["weights.file"]);
        Assert.DoesNotContain(parameters.Keys, key => key.StartsWith("optimizer.", StringComparison.Ordinal));
        Assert.DoesNotContain(parameters.Keys, key => key.StartsWith("tracking.", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_VideosOfTwoStreams_SaysTheClipsAndBothFiles()
    {
        var parameters = EvaluationParameters.Of(
            _bench.Configuration("clips.testClips=10", "clips.testCrops=3"), [], new("evaluation", 1, null, "one", null) { SecondFile = "two" },
            new Dictionary<string, ProtocolRecord>());

        Assert.Equal(("10", "3", "even"), (parameters["clips.testClips"], parameters["clips.testCrops"], parameters["clips.testSampling"]));
        Assert.Equal((Path.GetFullPath("one"), Path.GetFullPath("two")), (parameters["weights.file"], parameters["weights.second_file"]));
        Assert.DoesNotContain(EvaluationParameters.Of(_bench.Configuration(), [], new("evaluation", 1, null, "one", null),
            new Dictionary<string, ProtocolRecord>()).Keys, key => key.StartsWith("clips.", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_WeightsFromMemory_LeavesOutWhatThereIsNot()
    {
        var parameters = EvaluationParameters.Of(
            _bench.Configuration(), [], new("random-features", 0, null, null, null), new Dictionary<string, ProtocolRecord>());

        Assert.Equal("random-features", parameters["weights"]);
        Assert.DoesNotContain("weights.run", parameters.Keys);
        Assert.DoesNotContain("weights.file", parameters.Keys);
    }
}
