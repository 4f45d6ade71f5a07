using Parallax.Contracts;
using Parallax.Host.Evaluation;
using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class ZeroShotTests : IDisposable
{
    private static readonly DatasetInfo _data =
        new("test", DatasetSplit.Test, 3, ["cat", "sea_lion"], 3, null, [0, 0, 0], [1, 1, 1], "00000000", "/data/x");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Evaluate_Images_TakeTheClassWithTheNearestText()
    {
        var images = new FeatureSet(Tensors.Matrix([5, 1], [1, 5], [5, 1]), tensor(new long[] { 0, 1, 1 }), 2);

        var result = new ZeroShot(new() { Templates = ["one {}"] }).Evaluate(images, _data.Classes, texts => Tensors.Matrix(
            [.. texts.Select(text => text == "one cat" ? new float[] { 1, 0 } : text == "one sea lion" ? [0, 1] : throw new ArgumentException(text))]));

        Assert.Equal((2 / 3.0, 1.0), (result.Accuracy, result.Details["top5"]));
    }

    [Fact]
    public void Evaluate_SeveralTemplates_AreAveragedAtUnitLength()
    {
        // Class 0: texts (100, 0) and (0, 1), whose directions have the mean (1, 1); the plain mean would be nearly (1, 0). Class 1: (1, 0.2) twice.
        var images = new FeatureSet(Tensors.Matrix([1f, 0.15f]), tensor(new long[] { 1 }), 2);
        var texts = new Dictionary<string, float[]> { ["a cat"] = [100, 0], ["b cat"] = [0, 1], ["a sea lion"] = [1, 0.2f], ["b sea lion"] = [1, 0.2f] };

        var result = new ZeroShot(new() { Templates = ["a {}", "b {}"] }).Evaluate(
            images, _data.Classes, asked => Tensors.Matrix([.. asked.Select(text => texts[text])]));

        Assert.Equal(1, result.Accuracy);
    }

    [Fact]
    public void Options_ByDefault_AreTheSevenPromptsOfClip() => Assert.Equal(7, new ZeroShotOptions().Templates.Count);

    [Fact]
    public void Faults_ClassNamesFile_MustNameEveryClass()
    {
        var file = Path.Combine(_folder.FullName, "names.txt");
        var protocol = new ZeroShot(new() { ClassNamesFile = file });

        Assert.Contains("does not exist", Assert.Single(protocol.Faults(_data, _data)), StringComparison.Ordinal);
        File.WriteAllText(file, "house cat\n");
        Assert.Contains("has 1 names, but '/data/x' has 2 classes", Assert.Single(protocol.Faults(_data, _data)), StringComparison.Ordinal);
        File.WriteAllText(file, "house cat\nseal\n");
        Assert.Empty(protocol.Faults(_data, _data));
    }

    [Fact]
    public void Faults_TemplateWithoutAPlace_IsTold() =>
        Assert.Single(new ZeroShot(new() { Templates = ["a photo"] }).Faults(_data, _data));

    [Fact]
    public void Notes_CaptionsFromClassNames_SayThatLabelsWereSeen()
    {
        var note = Assert.Single(new ZeroShot(new()).Notes(_data with { Captions = CaptionOrigin.ClassNames }, _data));

        Assert.Contains("captions are made from class names", note, StringComparison.Ordinal);
        Assert.Empty(new ZeroShot(new()).Notes(_data with { Captions = CaptionOrigin.Written }, _data));
    }

    [Fact]
    public void Measure_MethodWithTexts_HasANumberBesideThoseOfFrozenFeatures()
    {
        using var session = ConformanceHost.Session("flip");
        session.Experiment.Module.train();

        var measured = ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["knn-dino", "zero-shot", "knn-lightly"]);

        Assert.Equal(["knn-dino", "zero-shot", "knn-lightly"], measured.Results.Select(result => result.Protocol));
        Assert.All(measured.Results, result => Assert.InRange(result.Result.Accuracy, 0, 1));
        Assert.True(session.Experiment.Module.training);
    }

    [Fact]
    public void Measure_MethodWithoutTexts_HasAReasonInPlaceOfANumber()
    {
        using var session = ConformanceHost.Session("simclr");

        var measured = ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["zero-shot"]);

        Assert.Empty(measured.Results);
        Assert.Equal("The method 'simclr' embeds no texts, so images cannot be compared with them.", Assert.Single(measured.Failures).Reason);
    }

    [Fact]
    public void Online_ZeroShot_IsLeftOutAndTrainingGoesOn()
    {
        using var session = ConformanceHost.Session("flip", "evaluation.online=zero-shot");

        Assert.Null(ConformanceHost.Get<EvaluationService>().Online(session.Experiment));
    }
}
