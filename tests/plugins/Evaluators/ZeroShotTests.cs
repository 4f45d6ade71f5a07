using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Images;
using Parallax.Host.Plugins;
using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class ZeroShotTests : IDisposable
{
    private static readonly DatasetInfo _data =
        new("test", DatasetSplit.Test, 3, ["cat", "sea_lion"], 3, null, [0, 0, 0], [1, 1, 1], "00000000", "/data/x");

    private static EvaluationService Service => ConformanceHost.Get<EvaluationService>();

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
    public void Faults_TemplateWithoutAPlace_IsTold()
    {
        Assert.Equal(["evaluation.zero-shot.templates has 'a photo' without a {} for the name of the class. Expected for example 'a photo of a {}.'."],
            new ZeroShot(new() { Templates = ["a {}", "a photo"] }).Faults(_data, _data));
        Assert.StartsWith(
            "evaluation.zero-shot.templates is empty.", Assert.Single(new ZeroShot(new() { Templates = [] }).Faults(_data, _data)), StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_CaptionsFromClassNames_SayThatLabelsWereSeen()
    {
        var note = Assert.Single(new ZeroShot(new()).Notes(_data with { Captions = CaptionOrigin.ClassNames }, _data));

        Assert.Contains("captions are made from class names", note, StringComparison.Ordinal);
        Assert.Empty(new ZeroShot(new()).Notes(_data with { Captions = CaptionOrigin.Written }, _data));
    }

    [Fact]
    public void Faults_HeldOutImagesWithoutClasses_SayHowToMeasure() =>
        Assert.Contains("parallax evaluate RUN_ID --protocol zero-shot --set 'data={name: class-captions, path: DIR}'",
            Assert.Single(new ZeroShot(new()).Faults(_data, _data with { Classes = [] })), StringComparison.Ordinal);

    [Fact]
    public void Measure_TrainingImagesWithoutLabels_AreNotNeeded()
    {
        using var session = ConformanceHost.Session("flip");
        var data = session.Experiment.Data;
        var unlabelled = session.Experiment with { Data = new ChangedDataset(data, data.Info with { Classes = [] }) };

        var measured = Service.Measure(unlabelled, ["zero-shot"]);
        var fault = Assert.Throws<ConfigurationException>(() => Service.Measure(unlabelled, ["zero-shot", "knn-dino"]));

        Assert.InRange(Assert.Single(measured.Results).Result.Accuracy, 0, 1);
        Assert.Contains("has no labels, and knn-dino needs them", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CaptionOrigin.ClassNames, 1)]
    [InlineData(CaptionOrigin.Written, 0)]
    public void Measure_Notes_AreOfTheCaptionsThatTheWeightsLearnedFrom(CaptionOrigin learned, int notes)
    {
        using var session = ConformanceHost.Session("flip");
        session.Experiment.LearnedCaptions = learned;

        Assert.Equal(notes, Service.Measure(session.Experiment, ["zero-shot"]).Notes.Count);
    }

    [Theory]
    [InlineData("", "the data have no held-out images: training ends without a number of it.")]
    [InlineData(", testPath: PATH", "has no classes; telling classes apart takes at least 2. Measure the run on images with classes")]
    public void RequireHeldOut_ImagesWithCaptionsOnly_SaysWhatIsLeftOut(string heldOut, string expected)
    {
        using (var image = new MemoryStream())
        {
            PngWriter.Write(image, new byte[32 * 32 * 3], 32, 32, 3);
            foreach (var name in Enumerable.Range(0, 16))
            {
                File.WriteAllBytes(Path.Combine(_folder.FullName, $"{name}.png"), image.ToArray());
                File.WriteAllText(Path.Combine(_folder.FullName, $"{name}.txt"), "a thing");
            }
        }

        var data = $"data={{name: image-text, path: PATH{heldOut}}}".Replace("PATH", $"'{_folder.FullName}'", StringComparison.Ordinal);
        using var session = ConformanceHost.Session("flip", data, "evaluation.protocols=[zero-shot, knn-dino]");

        var notes = Service.RequireHeldOut(session.Experiment);

        Assert.Equal(2, notes.Count);
        Assert.StartsWith($"evaluation.protocols has knn-dino, but '{_folder.FullName}' has no labels", notes[0], StringComparison.Ordinal);
        Assert.Contains(expected, notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_FeaturesFail_TakeNoOtherProtocolAlong()
    {
        using var session = ConformanceHost.Session("flip");
        var data = session.Experiment.Data;
        var broken = session.Experiment with { Data = new ChangedDataset(data, data.Info) { Fault = new InvalidOperationException("broken") } };

        var measured = Service.Measure(broken, ["knn-dino", "zero-shot"]);

        Assert.Equal("zero-shot", Assert.Single(measured.Results).Protocol);
        Assert.Equal(("knn-dino", "broken"), (Assert.Single(measured.Failures).Protocol, measured.Failures[0].Reason));
    }

    [Fact]
    public void Run_EmbeddingsFail_AreFailuresOfTheirProtocols()
    {
        using var session = ConformanceHost.Session("flip");
        var data = session.Experiment.Data;
        var protocol = PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Evaluator, "zero-shot"));
        using var broken = new ChangedDataset(data, data.Info) { Fault = new InvalidOperationException("broken") };

        var measured = new ZeroShotRunner([protocol], ConformanceHost.Get<PluginFactory>(), session.Experiment).Run(broken, () => null);

        Assert.Equal(("zero-shot", "broken"), (Assert.Single(measured.Failures).Protocol, measured.Failures[0].Reason));
        Assert.Empty(measured.Results);
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
