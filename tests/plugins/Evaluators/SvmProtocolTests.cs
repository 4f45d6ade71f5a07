using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Plugins;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Tests.Conformance;
using Parallax.Plugins.Tests.Recipes;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class SvmProtocolTests : ModuleTests
{
    [Fact]
    public void SvmVoc07_NoisyClasses_IsAMeanAveragePrecisionChosenByCrossValidation()
    {
        var (train, test) = ReferenceProbe.Problem(120, 200, width: 8, noise: 2);

        var result = new SvmVoc07(new()).Evaluate(train, test, seed: 0);

        Assert.Equal(("mAP", NumberChoice.CrossValidation), (result.Metric, result.ChosenBy));
        Assert.InRange(result.Accuracy, 0.4, 0.99);
        Assert.InRange(result.Details["map_step"], 0.4, result.Accuracy);   // the envelope lies above the steps
        Assert.InRange(result.Details["top1"], 0.4, 0.99);
        Assert.InRange(Math.Abs(result.Details["map_11pt"] - result.Accuracy), 1e-6, 0.1);
    }

    [Fact]
    public void SvmLowShot_FewImages_IsOneNumberForEachOfThem()
    {
        var (train, test) = ReferenceProbe.Problem(90, 120, width: 8, noise: 1);

        var result = new SvmLowShot(new() { Shots = [1, 4, 16, 64], Draws = 3 }).Evaluate(train, test, seed: 0);

        Assert.Equal(("mAP-k16", NumberChoice.CrossValidation), (result.Metric, result.ChosenBy));   // a class has about 30 images
        Assert.Equal(result.Accuracy, result.Details["map_k16"]);
        Assert.Equal(["map_k1", "map_k4", "map_k16"], result.Series);
        Assert.True(result.Details["map_k16"] > result.Details["map_k1"]);
        Assert.All([1, 4, 16], shots => Assert.InRange(result.Details[$"map_k{shots}"], result.Details[$"min_k{shots}"], result.Details[$"max_k{shots}"]));
        Assert.True(result.Details["std_k1"] > 0);
        Assert.DoesNotContain("map_k64", result.Details.Keys);
    }

    [Fact]
    public void Layers_EachMeasured_IsTold()
    {
        using var scope = NewDisposeScope();
        var run = TestRuns.Of() with { ImageSize = 16 };
        var network = Kept(new ResNet18(new() { Stem = Stem.Cifar, Width = 0.125 }, run));
        var layers = new LayerMaps(network, new(MapPooling.AdaptiveAverage, 100, StemLayer.None, Features: true), run);
        var (logger, values) = (new NoteLogger(), new Queue<double>([0.25, 0.5, 0.125, 0, 1]));
        var images = Tensors.Normal(1, 2, 3, 16, 16);
        var labels = arange(2, dtype: int64);

        var result = LayeredSvm.Measure(
            layers, encode => (new(encode(images), labels, 2), new(encode(images), labels, 2)),
            (_, _) => new(values.Peek(), values.Dequeue(), new Dictionary<string, double>()) { Metric = "mAP" }, logger);

        Assert.Equal(
            ["Layer layer1, 1 of 5: mAP 25.0 %", "Layer layer2, 2 of 5: mAP 50.0 %", "Layer layer3, 3 of 5: mAP 12.5 %", "Layer layer4, 4 of 5: mAP 0.0 %",
                "Layer features, 5 of 5: mAP 100.0 %"], logger.Notes);
        Assert.Equal(0.5, result.Details["layer2"]);
    }

    [Fact]
    public void SvmLowShot_SingleImages_ChooseNothing()
    {
        var (train, test) = ReferenceProbe.Problem(90, 120, width: 8, noise: 1);
        SvmLowShotOptions options = new() { Shots = [1], Draws = 1 };

        Assert.Equal(NumberChoice.Nothing, new SvmLowShot(options).Evaluate(train, test, seed: 0).ChosenBy);
        Assert.Equal(NumberChoice.TestSet, new SvmLowShot(options with { ChooseOnTest = true }).Evaluate(train, test, seed: 0).ChosenBy);
    }

    [Fact]
    public void SvmLowShot_ChosenOnTheTestImages_IsBetterAndSaysSo()
    {
        var (train, test) = ReferenceProbe.Problem(90, 120, width: 30, noise: 3);
        SvmLowShotOptions options = new() { Shots = [2, 4, 8], Draws = 3 };

        var honest = new SvmLowShot(options).Evaluate(train, test, seed: 0);
        var chosen = new SvmLowShot(options with { ChooseOnTest = true }).Evaluate(train, test, seed: 0);

        Assert.Equal(NumberChoice.TestSet, chosen.ChosenBy);
        Assert.All([2, 4, 8], shots => Assert.True(chosen.Details[$"map_k{shots}"] >= honest.Details[$"map_k{shots}"] - 0.02));
        Assert.True(chosen.Accuracy > honest.Accuracy);
    }

    [Fact]
    public void SvmLowShot_ChooseOnTest_StandsInWarningsResultsAndTheHeading()
    {
        using var session = ConformanceHost.Session("supervised", "evaluation.protocols=[svm-lowshot]", "evaluation.svm-lowshot.chooseOnTest=true",
            "evaluation.svm-lowshot.shots=[1, 2]", "evaluation.svm-lowshot.draws=1");
        var service = ConformanceHost.Get<EvaluationService>();

        var notes = service.RequireHeldOut(session.Experiment);
        var measured = Assert.Single(service.Measure(session.Experiment, ["svm-lowshot"]).Results);

        Assert.Contains("Its options let it choose by the test images", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Equal(NumberChoice.TestSet, measured.Result.ChosenBy);
        Assert.EndsWith("(chosen on the test images)", ProtocolRecord.Of(measured).Heading, StringComparison.Ordinal);
    }

    [Fact]
    public void SvmLowShot_ClassOfNoTrainingImage_IsLeftOutAndCounted()
    {
        // The third class is in the test alone, on the other side of both: the two others are told without a fault.
        FeatureSet train = new(Tensors.Matrix([1, 0], [1, 0.1f], [0, 1], [0.1f, 1]), tensor(new long[] { 0, 0, 1, 1 }), 3);
        FeatureSet test = new(Tensors.Matrix([1, 0.05f], [0.05f, 1], [-1, -1]), tensor(new long[] { 0, 1, 2 }), 3);

        var result = new SvmLowShot(new() { Shots = [1, 2], Draws = 2 }).Evaluate(train, test, seed: 0);

        Assert.Equal((1, 2), (result.Accuracy, result.Details["classes"]));
        Assert.Equal(1, result.Details["map_k1"]);
        Assert.DoesNotContain(
            "classes", new SvmLowShot(new() { Shots = [1], Draws = 1 }).Evaluate(train with { Classes = 2 }, train with { Classes = 2 }, seed: 0).Details.Keys);
    }

    [Theory]
    [InlineData("svm-voc07", ImageFit.ResizedSquash)]
    [InlineData("svm-voc07-layers", ImageFit.ResizedSquash)]
    [InlineData("svm-lowshot", ImageFit.Squash)]
    [InlineData("svm-lowshot-layers", ImageFit.Squash)]
    public void Fit_OfTheSvmProtocols_IsThePublishedOne_AndAnOption(string name, ImageFit published)
    {
        var plugin = ConformanceHost.Catalog.Get(PluginKind.Evaluator, name);

        Assert.Equal(published, Fit(PluginChoice.From(plugin)));
        Assert.Equal(ImageFit.Crop, Fit(PluginChoice.From(plugin, new Dictionary<string, object> { ["fit"] = "crop" })));

        static ImageFit Fit(PluginChoice choice) => choice.Create<IImageFitChoice>(ConformanceHost.Get<PluginFactory>(), new NoteLogger()).Fit;
    }

    [Fact]
    public void SvmLowShot_FewerImagesThanAnyNumber_SaysSo()
    {
        var (train, test) = ReferenceProbe.Problem(9, 9, width: 4, noise: 1);

        var fault = Assert.Throws<ArgumentException>(() => new SvmLowShot(new() { Shots = [64] }).Evaluate(train, test, seed: 0));

        Assert.Contains("svm-lowshot.shots begins with 64", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SvmLowShotOptions_ShotsThatDoNotRise_AreRefused() => Assert.Contains("svm-lowshot.shots is [4, 2]",
        Assert.Throws<ConfigurationException>(() => PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Evaluator, "svm-lowshot"),
            new Dictionary<string, object> { ["shots"] = new[] { 4, 2 } })).Message, StringComparison.Ordinal);

    [Fact]
    public void ClusterQuality_Classes_AreFoundWithoutLabels()
    {
        var (train, test) = WeightedKnnTests.Sets(noise: 0.1);
        var shuffled = train with { Labels = train.Labels.flip(0) };

        var result = new ClusterQuality(new()).Evaluate(train, test, seed: 0);

        Assert.Equal(("NMI", NumberChoice.Nothing), (result.Metric, result.ChosenBy));
        Assert.Equal(1, result.Accuracy, 1e-9);
        Assert.All(["nmi_geometric", "ami", "ari", "purity"], name => Assert.Equal(1, result.Details[name], 1e-9));
        Assert.Equal(0, result.Details["empty"]);
        Assert.Equal(1 / 3.0, result.Details["largest_share"], 1e-12);
        Assert.Equal(result.Details, new ClusterQuality(new()).Evaluate(shuffled, test, seed: 0).Details);   // labels of training images play no part
    }

    [Fact]
    public void ClusterQuality_FewerTrainingImagesThanClasses_MakesSoManyClusters()
    {
        FeatureSet train = new(eye(2, 3), tensor(new long[] { 0, 1 }), 5), test = new(eye(2, 3).repeat(2, 1), tensor(new long[] { 4, 2, 4, 4 }), 5);

        var result = new ClusterQuality(new()).Evaluate(train, test, seed: 0);

        // Clusters a, b, a, b and classes 4, 2, 4, 4, of which others are empty.
        Assert.Equal((2, 0, 0.75, 0.5), (result.Details["clusters"], result.Details["empty"], result.Details["purity"], result.Details["largest_share"]));
        Assert.Equal(0, result.Details["ari"], 1e-12);
    }

    [Theory]
    [InlineData("finetune-semi-1", 0.01)]
    [InlineData("finetune-semi-10", 0.1)]
    public void FinetuneSemi_Settings_AreThoseOfTheCode(string name, double share)
    {
        var protocol = PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Evaluator, name))
            .Create<ITrainingEvaluator>(ConformanceHost.Get<PluginFactory>());
        var training = protocol.Training;

        Assert.Equal((70, 256, 0.05, 0.0, 0.0), (training.Epochs, training.BatchSize, training.BaseLearningRate, training.WeightDecay, training.WarmupEpochs));
        Assert.Equal((ClassifierOptimizer.Nesterov, share), (training.Optimizer, training.LabelledShare));
        Assert.Equal([30], training.Milestones);
        Assert.Empty(training.Backbone);

        using var scope = NewDisposeScope();
        using var classifier = (Module)protocol.CreateClassifier(() => new PixelBackbone(), TestRuns.Of() with { ImageSize = 224 });
        Assert.Equal(
            ["1 x random-resized-crop 224 0.08 1 0.75 1.3333 bilinear | horizontal-flip 0.5 | normalize"], ViewText.Of(((IClassifier)classifier).Views));
    }

    [Theory]
    [InlineData("finetune")]
    [InlineData("linear-per-layer")]
    public void Options_MilestonesThatDoNotRise_AreRefused(string protocol) => Assert.Contains("milestones is [3, 2]; expected epochs from 1 on, rising.",
        Assert.Throws<ConfigurationException>(() => PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Evaluator, protocol),
            new Dictionary<string, object> { ["milestones"] = new[] { 3, 2 } })).Message, StringComparison.Ordinal);

    [Fact]
    public void Measure_ShareOfTheLabels_LearnsFromSoMany()
    {
        using var session = ConformanceHost.Session("supervised", "evaluation.finetune.epochs=1", "evaluation.finetune.warmupEpochs=0",
            "evaluation.finetune.batchSize=8", "evaluation.finetune.pooling=backbone", "evaluation.finetune.dropPath=0", "evaluation.finetune.randAugment=0",
            "evaluation.finetune.optimizer=nesterov", "evaluation.finetune.milestones=[1]", "evaluation.finetune.labelledShare=0.0001");

        var result = Assert.Single(ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["finetune"]).Results).Result;

        Assert.Equal(session.Experiment.Data.Info.Classes.Count, result.Details["labelled_images"]);   // one of each class
        Assert.Equal(NumberChoice.LastEpoch, result.ChosenBy);
    }
}
