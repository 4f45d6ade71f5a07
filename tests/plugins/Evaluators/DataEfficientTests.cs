using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Plugins;
using Parallax.Host.Training;
using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class DataEfficientTests
{
    private static readonly string[] _network = ["backbone.name=resnet18", "backbone.stem=cifar-maxpool", "backbone.width=0.125"];

    [Fact]
    public void Head_BeforeItLearns_IsALinearLayerOnTheMeanOfTheCodes()
    {
        using var scope = NewDisposeScope();
        var head = new ResidualHead(channels: 8, width: 8, count: 11, classes: 5);
        var codes = Tensors.Normal(3, 4, 8, 6, 6).abs();   // blocks are identities at first, but for their ReLU

        var logits = head.call(codes);

        Tensors.AssertClose(codes.mean([2, 3]).matmul(head.get_parameter("linear.weight")!.t()) + head.get_parameter("linear.bias")!, logits);
    }

    [Fact]
    public void Head_OfElevenBlocks_HasThirtyThreeLayersOfThePapersWidths()
    {
        using var scope = NewDisposeScope();
        var head = new ResidualHead(channels: 32, width: 32, count: 11, classes: 5);

        var convolutions = head.modules().OfType<Conv2d>().ToList();

        Assert.Equal(33, convolutions.Count);   // a quarter of the width inside: 1024 of 4096
        Assert.Equal([[8, 32, 1, 1], [8, 8, 3, 3], [32, 8, 1, 1]], convolutions.Take(3).Select(convolution => convolution.weight.shape));
        Assert.Equal(
            34, new ResidualHead(channels: 12, width: 32, count: 11, classes: 5).modules().OfType<Conv2d>().Count());   // and one to the width
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    public void Step_BackboneLearnsWhereItHasARate(double rate)
    {
        using var session = ConformanceHost.Session("cpc-v2", [.. _network, "backbone.norm=layer"]);
        var classifier = Create(new() { Blocks = 2, BackboneRate = rate }, session);
        var method = (Module)classifier;
        method.train();
        using var batches = session.Loader.Epoch(0).GetEnumerator();
        Assert.True(batches.MoveNext());
        using var generator = new Generator(1);

        classifier.Step(session.Experiment.ToDevice(batches.Current), new(0, 10, 0, generator)).Loss.backward();

        var ofBackbone = method.named_parameters().Where(p => p.name.StartsWith("backbone.", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(ofBackbone);
        Assert.All(ofBackbone, p => Assert.Equal(rate > 0, p.parameter.grad is not null));
        Assert.Equal(rate > 0, ((Module)classifier.Backbone).training);
        Assert.NotNull(method.get_parameter("head.linear.weight")!.grad);
        var rules = ((IParameterGroups)classifier).ParameterRules;
        Assert.Equal(rate > 0 ? [0.1] : [], rules.Select(rule => rule.LearningRateScale));
        Assert.All(rules, rule => Assert.Equal(ofBackbone.Count, method.named_parameters().Count(p => rule.Matches(new(p.name, 1)))));
    }

    [Fact]
    public void Classifier_OfCPC_SeesTheGridOfCodes()
    {
        using var session = ConformanceHost.Session("cpc-v2", [.. _network, "backbone.norm=layer"]);
        var backbone = session.Experiment.Method.Backbone;
        var head = Assert.Single(((Module)Create(new() { Blocks = 1 }, session)).modules().OfType<ResidualHead>());

        Assert.Equal("codes", Assert.Single(backbone.Stages).Name);
        Assert.Equal([4 * (backbone.FeatureDim / 16), backbone.FeatureDim, 1, 1], head.modules().OfType<Conv2d>().First().weight.shape);
    }

    [Theory]
    [InlineData(1, 0.01, 0)]
    [InlineData(2, 0.02, 0)]
    [InlineData(5, 0.05, 0)]
    [InlineData(10, 0.1, 0)]
    [InlineData(20, 0.2, 0)]
    [InlineData(50, 0.5, 0)]
    [InlineData(100, 1, 0)]
    [InlineData(1, 0.01, 0.1)]
    [InlineData(10, 0.1, 0.1)]
    [InlineData(100, 1, 0.1)]
    public void Preset_LearnsFromTheShareItIsNamedAfter(int percent, double share, double rate)
    {
        using var session = ConformanceHost.Session("supervised", _network);
        var name = $"data-efficient-{(rate > 0 ? "finetuned-" : "")}{percent}";
        var evaluator = PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Evaluator, name))
            .Create<ITrainingEvaluator>(ConformanceHost.Get<PluginFactory>());
        var classifier = Classifier(evaluator, session);

        Assert.Equal(share, evaluator.Training.LabelledShare);
        Assert.Equal(rate > 0 ? [rate] : [], ((IParameterGroups)classifier).ParameterRules.Select(rule => rule.LearningRateScale));
        Assert.Equal(33, ((Module)classifier).named_modules().Count(part => part.name.StartsWith("head.", StringComparison.Ordinal) && part.module is Conv2d));
    }

    [Fact]
    public void Measure_OnShapes_LearnsFromTheImagesOfFinetune_AndLeavesTheBackboneAlone()
    {
        using var session = ConformanceHost.Session("supervised", [.. _network, "data.count=1000", "data.testCount=200",
            "evaluation.data-efficient.epochs=12", "evaluation.data-efficient.batchSize=16", "evaluation.data-efficient.blocks=2",
            "evaluation.data-efficient.baseLearningRate=0.8", "evaluation.data-efficient.warmupEpochs=1", "evaluation.data-efficient.cropScaleMin=0.6",
            "evaluation.data-efficient.labelledShare=0.5", "evaluation.data-efficient.backboneRate=1", "evaluation.finetune.labelledShare=0.5",
            "evaluation.finetune.epochs=1", "evaluation.finetune.pooling=backbone", "evaluation.finetune.dropPath=0"]);
        var before = State(session);

        var measured = ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["data-efficient", "finetune"]);

        Assert.Empty(measured.Failures);
        var hashes = measured.Results.Select(result => ProtocolRecord.Of(result).ImagesHash).ToList();
        Assert.Equal(hashes[1], hashes[0]);
        Assert.True(measured.Results[0].Result.Accuracy > 0.2, $"{measured.Results[0].Result.Accuracy:P1} of ten classes");
        Assert.Equal(before, State(session));

        static Dictionary<string, float[]> State(TrainingSession session) =>
            session.Experiment.Module.state_dict().ToDictionary(entry => entry.Key, entry => Tensors.Values(entry.Value.to(float32).flatten()));
    }

    [Fact]
    public void Faults_NoMapOrWidthThatFourDoesNotDivide_AreTold()
    {
        using var session = ConformanceHost.Session("supervised", _network);
        var backbone = session.Experiment.Method.Backbone;

        Assert.Empty(new DataEfficient(new()).Faults(backbone));
        Assert.StartsWith("width is 30, and the last map of ResNet18 has 64 channels: blocks would have 30.",
            Assert.Single(new DataEfficient(new() { Width = 30 }).Faults(backbone)), StringComparison.Ordinal);
        using var tokens = ConformanceHost.Session("supervised", "backbone.name=vit", "backbone.size=tiny", "backbone.width=32", "backbone.depth=2",
            "backbone.heads=4", "backbone.patchSize=8");
        Assert.StartsWith(
            "It puts a residual network on the last map, and the backbone ViT has none.",
            Assert.Single(new DataEfficient(new()).Faults(tokens.Experiment.Method.Backbone)), StringComparison.Ordinal);
    }

    private static IClassifier Create(DataEfficientOptions options, TrainingSession session) => Classifier(new DataEfficient(options), session);

    private static IClassifier Classifier(ITrainingEvaluator evaluator, TrainingSession session) => evaluator.CreateClassifier(
        () => ConformanceHost.Get<ExperimentFactory>().CopyBackbone(session.Experiment, new Dictionary<string, object>()), session.Experiment.Run);
}
