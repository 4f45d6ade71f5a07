using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Plugins;
using Parallax.Host.Training;
using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Tests.Conformance;
using Parallax.Plugins.Tests.Recipes;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class LinearPerLayerTests
{
    private static readonly string[] _network = ["backbone.name=resnet18", "backbone.stem=cifar-maxpool", "backbone.width=0.125"];

    private static readonly string[] _short =
    [
        "evaluation.linear-per-layer.epochs=6", "evaluation.linear-per-layer.batchSize=16", "evaluation.linear-per-layer.baseLearningRate=0.3",
        "evaluation.linear-per-layer.mostNumbers=400", "evaluation.linear-per-layer.milestones=[4]", "evaluation.linear-per-layer.jitter=0",
        "evaluation.linear-per-layer.features=true",
    ];

    [Fact]
    public void Measure_Layers_HaveANumberEachUnderTheirNames()
    {
        using var session = ConformanceHost.Session("supervised", [.. _network, .. _short, "data.count=300", "data.testCount=100"]);

        var logger = new NoteLogger();

        var result = Assert.Single(
            ConformanceHost.Get<EvaluationService>().Measure(session.Experiment with { Logger = logger }, ["linear-per-layer"]).Results).Result;

        Assert.Matches(
            @"^linear-per-layer: epoch 1 of 6, loss \d+\.\d{3} \(sum over 6 layers\), \d+\.\d % of the test images by the layer features$", logger.Notes[0]);
        string[] layers = ["conv1", "layer1", "layer2", "layer3", "layer4", "features"];
        Assert.Equal([.. layers, "best_layer_on_test", "chosen_layer", "labelled_images", "last_layer", "top5", "train_loss"],
            Sorted(result.Details.Keys, layers));
        Assert.Equal(layers, result.Series);
        Assert.Equal(layers.Max(layer => result.Details[layer]), result.Details["best_layer_on_test"]);
        Assert.Equal(result.Details["features"], result.Details["last_layer"]);
        Assert.Equal((result.Details["features"], 6), (result.Accuracy, result.Details["chosen_layer"]));   // none held out: the last
        Assert.Equal(NumberChoice.LastEpoch, result.ChosenBy);
        Assert.InRange(result.BestAccuracy, result.Accuracy, 1);
        Assert.True(result.Details["best_layer_on_test"] > 0.2, $"{result.Details["best_layer_on_test"]:P1} of ten classes");

        static IEnumerable<string> Sorted(IEnumerable<string> keys, string[] first) => [.. first, .. keys.Except(first).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Measure_Backbone_IsTheSameBitsAfterwards()
    {
        using var session = ConformanceHost.Session("supervised", [.. _network, .. _short]);
        var before = State(session);

        var measured = ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["linear-per-layer"]);

        Assert.Empty(measured.Failures);
        Assert.Equal(before, State(session));

        static Dictionary<string, float[]> State(TrainingSession session) =>
            session.Experiment.Module.state_dict().ToDictionary(entry => entry.Key, entry => Tensors.Values(entry.Value.to(float32).flatten()));
    }

    [Fact]
    public void Measure_HeldOutImages_ChooseTheLayer()
    {
        using var session = ConformanceHost.Session("supervised", [.. _network, .. _short, "data.count=300", "evaluation.linear-per-layer.heldOut=0.3"]);

        var result = Assert.Single(ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["linear-per-layer"]).Results).Result;

        string[] layers = ["conv1", "layer1", "layer2", "layer3", "layer4", "features"];
        Assert.Equal(result.Details[layers[(int)result.Details["chosen_layer"] - 1]], result.Accuracy);
        Assert.Equal(NumberChoice.HeldOut, result.ChosenBy);
    }

    [Fact]
    public void Step_HeldOutImages_TeachNothing()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var run = TestRuns.Of() with { ImageSize = 8 };
        var classifier = new PerLayerClassifier(new Blocks(), new() { HeldOut = 0.999999, Norm = MapNorm.None }, run);

        var output = classifier.Step(TestRuns.Batch(0, 1, 2, 0), TestRuns.Step());
        output.Loss.backward();

        Assert.Equal(0, output.Loss.item<float>());
        Assert.All(classifier.parameters(), parameter => Assert.True(parameter.grad is not { } gradient || gradient.abs().sum().item<float>() == 0));
    }

    [Fact]
    public void Step_SingleImageBeforeABatchNormalisation_TeachesNothing()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var classifier = new PerLayerClassifier(new Blocks(), new() { Norm = MapNorm.Plain, Features = true, HeldOut = 1e-9 }, TestRuns.Of());
        Batch batch = new([Tensors.Normal(11, 1, 3, TestRuns.ImageSize, TestRuns.ImageSize)], arange(1, dtype: int64), tensor(new long[] { 2 }));

        var loss = classifier.Step(batch, TestRuns.Step()).Loss;
        loss.backward();

        Assert.Equal(0, loss.item<float>());
        Assert.All(classifier.named_parameters().Where(entry => entry.name.StartsWith("heads.", StringComparison.Ordinal)),
            entry => Assert.Equal(0, entry.parameter.grad!.abs().sum().item<float>()));
        Assert.Equal(NumberChoice.LastEpoch, classifier.ChosenBy);   // none was held out
    }

    [Fact]
    public void Step_Loss_IsTheSumOverTheLayersAndReachesTheirHeadsOnly()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var backbone = new Blocks();
        var classifier = new PerLayerClassifier(backbone, new() { Norm = MapNorm.None, Features = true }, TestRuns.Of());
        var batch = TestRuns.Batch(0, 1, 2, 0);

        var loss = classifier.Step(batch, TestRuns.Step()).Loss;
        loss.backward();

        var scores = classifier.Classify(batch.Views[0]);   // [4, 3 x 3]
        Assert.Equal(["first", "second", "features"], classifier.Heads);
        Tensors.AssertClose(scores.chunk(3, 1).Select(head => F.cross_entropy(head, batch.Labels!)).Aggregate((a, b) => a + b), loss, 1e-5);
        Assert.All(classifier.named_parameters().Where(entry => entry.name.StartsWith("heads.", StringComparison.Ordinal)),
            entry => Assert.True(entry.parameter.grad!.abs().sum().item<float>() > 0, entry.name));
        Assert.All(backbone.parameters(), parameter => Assert.Null(parameter.grad));
        Assert.Equal(2, classifier.Chosen);   // none held out: the last
    }

    [Fact]
    public void Faults_BackboneWithoutMaps_SaysWhatToTake()
    {
        using var session = ConformanceHost.Session("supervised",
            "backbone.name=vit", "backbone.size=tiny", "backbone.width=32", "backbone.depth=2", "backbone.heads=4", "backbone.patchSize=8");

        var failure = Assert.Single(ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["linear-per-layer-small"]).Failures);

        Assert.Equal("It looks at the maps of every layer, and the backbone ViT has none. Take a convolutional backbone, or linear-sgd.", failure.Reason);
    }

    [Theory]
    [InlineData("linear-per-layer-zhang", 28, 0.01, new[] { 8, 16, 24 }, 0.1, 5e-4)]
    [InlineData("linear-per-layer-rotnet", 35, 0.01, new[] { 5, 15, 25 }, 0.2, 5e-4)]
    [InlineData("linear-per-layer-deepcluster", 90, 0.01, new int[0], 0.1, 1e-4)]
    [InlineData("linear-per-layer-sela", 36, 0.0133333, new[] { 10, 20, 30 }, 0.1, 1e-5)]
    [InlineData("linear-per-layer-vissl", 28, 0.01, new[] { 8, 16, 24 }, 0.1, 5e-4)]
    [InlineData("linear-per-layer-mmselfsup", 90, 0.01, new[] { 60, 80 }, 0.1, 1e-4)]
    [InlineData("linear-per-layer-fair", 28, 0.01, new[] { 8, 16, 24 }, 0.1, 1e-4)]
    [InlineData("linear-per-layer-kolesnikov", 70, 0.1, new[] { 30, 50 }, 0.1, 0)]
    [InlineData("nonlinear-per-layer-kolesnikov", 70, 0.1, new[] { 30, 50 }, 0.1, 0)]
    [InlineData("nonlinear-per-layer-rotnet", 50, 0.2, new[] { 20, 40, 45 }, 0.2, 5e-4)]   // 0.1 for batches of 128
    public void Training_OfAConvention_IsThePrintedOne(string name, int epochs, double rate, int[] milestones, double factor, double decay)
    {
        var training = Protocol(name).Training;

        Assert.Equal((epochs, rate, factor, decay), (training.Epochs, training.BaseLearningRate, training.DropFactor, training.WeightDecay));
        Assert.Equal(milestones, training.Milestones);
        Assert.Equal(name.EndsWith("deepcluster", StringComparison.Ordinal), training.FallsWithSteps);
    }

    [Theory]
    [InlineData("linear-per-layer", 224,
        "random-resized-crop 224 0.08 1 0.75 1.3333 bicubic | horizontal-flip 0.5 | color-jitter 0.4 0.4 0.4 0 1 | lighting 0.1")]
    [InlineData("linear-per-layer-zhang", 224, "resize 256 bilinear | random-crop 224 0 | horizontal-flip 0.5")]
    [InlineData("linear-per-layer-rotnet", 224, "random-resized-crop 224 0.08 1 0.75 1.3333 bilinear | horizontal-flip 0.5")]
    [InlineData("linear-per-layer-sela", 224, "random-resized-crop 224 0.08 1 0.75 1.3333 bilinear | horizontal-flip 0.5")]
    [InlineData("linear-per-layer-vissl", 224, "random-resized-crop 224 0.08 1 0.75 1.3333 bilinear | horizontal-flip 0.5")]
    [InlineData("linear-per-layer-fair", 224,
        "random-resized-crop 224 0.08 1 0.75 1.3333 bilinear | horizontal-flip 0.5 | color-jitter 0.4 0.4 0.4 0 1 | lighting 0.1")]
    [InlineData("linear-per-layer-kolesnikov", 224, "resize 256 bilinear | random-crop 224 0")]
    [InlineData("linear-per-layer-kolesnikov-patches", 192, "resize 224 bilinear | random-crop 192 0")]
    [InlineData("linear-per-layer-small", 32, "random-resized-crop 32 0.5 1 0.75 1.3333 bicubic | horizontal-flip 0.5")]
    [InlineData("nonlinear-per-layer-rotnet", 32, "random-crop 32 4 | horizontal-flip 0.5")]
    public void Views_OfAConvention_AreThePrintedOnes(string name, int side, string steps)
    {
        using var scope = NewDisposeScope();
        var classifier = Protocol(name).CreateClassifier(() => new Blocks(), TestRuns.Of() with { ImageSize = side });
        using var module = (Module)classifier;

        Assert.Equal([$"1 x {steps} | normalize"], ViewText.Of(classifier.Views));
    }

    [Fact]
    public void Classify_HiddenLayers_AreTheirProductsByHand()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var classifier = new PerLayerClassifier(
            new Blocks(), new() { Norm = MapNorm.None, MostNumbers = 4, Hidden = [5, 7], Dropout = 0.5, Stem = StemLayer.None }, TestRuns.Of());
        classifier.eval();
        var images = TestRuns.Batch().Views[0];
        var state = classifier.state_dict();

        var scores = classifier.Classify(images);   // [4, 2 x 3]

        Assert.Equal([5, 4], state["heads.0.hidden1.linear.weight"].shape);   // 4 channels of one place
        Assert.Equal([7, 5], state["heads.0.hidden2.linear.weight"].shape);
        var x = classifier.Backbone.Maps(images)[0].mean([2, 3]);
        foreach (var layer in new[] { "hidden1", "hidden2" })
        {
            x = F.linear(x, state[$"heads.0.{layer}.linear.weight"], state[$"heads.0.{layer}.linear.bias"]).relu();
        }

        Tensors.AssertClose(F.linear(x, state["heads.0.linear.weight"], state["heads.0.linear.bias"]), scores.narrow(1, 0, 3), 1e-5);
        Tensors.AssertClose(scores, classifier.Classify(images), 0);   // nothing is dropped in evaluation mode
    }

    [Fact]
    public void Constructor_HiddenNorm_TakesThePlaceOfTheBias()
    {
        using var scope = NewDisposeScope();
        using var classifier = new PerLayerClassifier(new Blocks(), new() { Norm = MapNorm.None, Hidden = [5], HiddenNorm = true }, TestRuns.Of());

        Assert.Equal(
            ["heads.0.hidden1.linear.weight", "heads.0.hidden1.norm.bias", "heads.0.hidden1.norm.weight", "heads.0.linear.bias", "heads.0.linear.weight"],
            classifier.named_parameters().Select(entry => entry.name).Where(name => name.StartsWith("heads.0", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ParameterRules_BiasScale_IsOfLinearLayersAlone()
    {
        using var scope = NewDisposeScope();
        PerLayerOptions options = new() { Norm = MapNorm.Affine, Hidden = [5], BiasLearningRateScale = 2 };
        using var classifier = new PerLayerClassifier(new Blocks(), options, TestRuns.Of());
        using var plain = new PerLayerClassifier(new Blocks(), options with { BiasLearningRateScale = 1 }, TestRuns.Of());

        var groups = ParameterGroup.Build(
            classifier.named_parameters().Where(entry => entry.parameter.requires_grad).Select(entry => (entry.name, entry.parameter.dim())), classifier,
            excludeNormAndBias: true);

        Assert.Empty(plain.ParameterRules);
        Assert.Equal(
            ["heads.0.hidden1.linear.bias", "heads.0.linear.bias", "heads.1.hidden1.linear.bias", "heads.1.linear.bias"],
            groups.Where(group => group.LearningRateScale == 2).SelectMany(group => group.Names).Order(StringComparer.Ordinal));
        Assert.All(groups.Where(group => group.LearningRateScale == 2), group => Assert.Equal(0, group.WeightDecayScale));
    }

    [Fact]
    public void CreateClassifier_PoolsOfANetworkThatNamesNone_IsTold()
    {
        using var scope = NewDisposeScope();
        var logger = new NoteLogger();
        using var classifier = (PerLayerClassifier)new LinearPerLayer(new() { Pools = true }, logger).CreateClassifier(() => new Blocks(), TestRuns.Of());

        Assert.Equal(["first", "second"], classifier.Heads);
        Assert.Equal(["The backbone Blocks names no maps behind poolings; first, second have a classifier"], logger.Notes);
    }

    [Fact]
    public void Validate_HiddenLayersAndBorders_AreCheckedAgainstTheRest()
    {
        Assert.StartsWith("hidden is [5, 0]", Fault(new() { Hidden = [5, 0] }), StringComparison.Ordinal);
        Assert.StartsWith("hidden is [], and dropout is 0.5", Fault(new() { Dropout = 0.5 }), StringComparison.Ordinal);
        Assert.StartsWith("hidden is [], and hiddenNorm is true", Fault(new() { HiddenNorm = true }), StringComparison.Ordinal);
        Assert.StartsWith("padded is true, and cropScaleMin is 0.08", Fault(new() { Padded = true }), StringComparison.Ordinal);

        static string Fault(PerLayerOptions options) => Assert.Single(options.Validate(new(options))).ErrorMessage!;
    }

    [Fact]
    public void Schedule_OfDeepCluster_FallsWithTheRootOfTheSteps()
    {
        using var session = ConformanceHost.Session("supervised", _network);
        var measured = session.Experiment.Configuration;
        ClassifierTraining training = new(Epochs: 9, BatchSize: 256, BaseLearningRate: 0.1) { WeightDecay = 0.001, FallsWithSteps = true };

        var configuration = ClassifierConfiguration.Of(measured, training, images: 2560, microBatch: 8);
        var schedule = LearningRateSchedules.Create(configuration, session.Experiment.Run with { BatchSize = 256 }, 90);

        Assert.Equal(0.1, schedule.At(0), tolerance: 1e-12);
        Assert.Equal(0.0997509336108, schedule.At(50), tolerance: 1e-12);   // the authors' code, in the goldens
    }

    [Fact]
    public void Validate_TwoCourses_AreRefused()
    {
        PerLayerOptions options = new() { FallsWithSteps = true };

        Assert.StartsWith("fallsWithSteps is true, and milestones is [60, 80]", Assert.Single(options.Validate(new(options))).ErrorMessage,
            StringComparison.Ordinal);
        Assert.Empty((options with { Milestones = [] }).Validate(new(options)));
    }

    private static ITrainingEvaluator Protocol(string name) => PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Evaluator, name))
        .Create<ITrainingEvaluator>(ConformanceHost.Get<PluginFactory>());

    /// <summary>Two convolutions with maps of 8 and 4 pixels.</summary>
    private sealed class Blocks : Module<Tensor, Tensor>, IBackbone
    {
        private readonly Module<Tensor, Tensor> first = Conv2d(3, 4, 3, padding: 1), second = Conv2d(4, 6, 3, stride: 2, padding: 1);

        public Blocks()
            : base(nameof(Blocks)) => RegisterComponents();

        public int FeatureDim => 6;

        public IReadOnlyList<FeatureStage> Stages => [new("first", 4, 1), new("second", 6, 2)];

        public IReadOnlyList<Tensor> Maps(Tensor images)
        {
            var map = first.call(images);

            return [map, second.call(map)];
        }

        public override Tensor forward(Tensor input) => Maps(input)[^1].mean([2, 3]);
    }
}
