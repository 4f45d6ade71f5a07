using Parallax.Contracts;
using Parallax.Host.Evaluation;
using Parallax.Host.Training;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Evaluators;

public sealed class FinetuneTests
{
    private static readonly string[] _transformer =
        ["backbone.name=vit", "backbone.size=tiny", "backbone.width=32", "backbone.depth=2", "backbone.heads=4", "backbone.patchSize=8"];

    private static readonly string[] _short = ["evaluation.finetune.epochs=2", "evaluation.finetune.batchSize=16", "evaluation.finetune.warmupEpochs=1"];

    [Fact]
    public void Measure_Backbone_IsTheSameBitsAfterwards()
    {
        using var session = ConformanceHost.Session("supervised", [.. _transformer, .. _short]);
        var before = State(session);

        var measured = Service.Measure(session.Experiment, ["finetune"]);

        Assert.Empty(measured.Failures);
        Assert.Equal(before, State(session));
        Assert.True(session.Experiment.Module.training);
    }

    [Fact]
    public void Measure_SameSeed_GivesTheSameNumbers()
    {
        var (first, second) = (Numbers(), Numbers());

        Assert.Equal(first.Accuracy, second.Accuracy);
        Assert.Equal(first.Details["train_loss"], second.Details["train_loss"]);

        static EvaluationResult Numbers()
        {
            using var session = ConformanceHost.Session("supervised", [.. _transformer, .. _short, "evaluation.finetune.ema=0.9"]);

            return Assert.Single(Service.Measure(session.Experiment, ["finetune"]).Results).Result;
        }
    }

    [Fact]
    public void Measure_SmallNetworkOnShapes_LearnsMoreThanALinearProbeFinds()
    {
        using var session = ConformanceHost.Session("supervised", ["backbone.name=resnet18", "backbone.stem=cifar-maxpool", "backbone.width=0.125",
            "data.count=1500", "data.testCount=300", "evaluation.finetune.epochs=10", "evaluation.finetune.batchSize=32",
            "evaluation.finetune.baseLearningRate=0.03", "evaluation.finetune.pooling=backbone", "evaluation.finetune.headStd=0.01",
            "evaluation.finetune.dropPath=0", "evaluation.finetune.mixup=0", "evaluation.finetune.cutMix=0", "evaluation.finetune.randAugment=0",
            "evaluation.finetune.randomErasing=0", "evaluation.finetune.cropScaleMin=0.6", "evaluation.finetune.layerDecay=1",
            "evaluation.finetune.warmupEpochs=1"]);

        var results = Service.Measure(session.Experiment, ["linear-sgd", "finetune"]).Results.ToDictionary(r => r.Protocol, r => r.Result);

        Assert.True(results["finetune"].Accuracy > results["linear-sgd"].Accuracy + 0.05,
            $"fine-tuned {results["finetune"].Accuracy:P1}, linear probe {results["linear-sgd"].Accuracy:P1}");
        Assert.InRange(results["finetune"].BestAccuracy, results["finetune"].Accuracy, 1);
    }

    [Fact]
    public void Measure_ShareOfTheLabels_SaysWhichImages()
    {
        var (first, again, other) = (Semi(7), Semi(7), Semi(8));

        Assert.Equal("finetune-semi-1: learns from 10 of 300 images (3.3 %), seed 7", first.Note);
        Assert.Matches("^[0-9a-f]{16}$", first.Hash);
        Assert.Equal(first, again);
        Assert.NotEqual(first.Hash, other.Hash);

        static (string Note, string? Hash) Semi(int seed)
        {
            using var session = ConformanceHost.Session("supervised", ["backbone.name=resnet18", "backbone.stem=cifar-maxpool", "backbone.width=0.125",
                "data.count=300", "data.testCount=20", $"trainer.seed={seed}"]);
            var logger = new NoteLogger();
            var measured = Service.Measure(session.Experiment with { Logger = logger }, ["finetune-semi-1"]);

            return (logger.Notes[0], ProtocolRecord.Of(Assert.Single(measured.Results)).ImagesHash);
        }
    }

    [Fact]
    public void Measure_StopIsAskedFor_Stops()
    {
        using var session = ConformanceHost.Session("supervised", [.. _transformer, .. _short]);
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => Service.Measure(session.Experiment, ["finetune"], stop: stop.Token));
    }

    [Fact]
    public void Measure_BackboneWithoutTokens_HasAReasonInPlaceOfANumber()
    {
        using var session = ConformanceHost.Session("supervised");

        var failures = Service.Measure(session.Experiment, ["finetune-mae-base", "knn-class", "attentive-probe", "finetune"]).Failures;

        Assert.Equal(4, failures.Count);
        Assert.All(failures, failure => Assert.True(failure.IsUserError));
        Assert.Contains(failures, failure => failure.Reason == "It needs a backbone that implements ITokenBackbone, and ResNet20 does not.");
        Assert.Contains(failures, failure =>
            failure.Reason.StartsWith("It looks at tokens, which the backbone ResNet20 does not have.", StringComparison.Ordinal));
    }

    [Fact]
    public void RequireHeldOut_BackboneThatCannotBeFinetuned_TellsAllOfItBeforeTraining()
    {
        using var session = ConformanceHost.Session("supervised", "evaluation.protocols=[finetune, linear-mae]", "evaluation.linear-mae.tokens=class");

        var notes = Service.RequireHeldOut(session.Experiment);

        Assert.Equal(2, notes.Count);
        Assert.StartsWith(
            "evaluation.protocols: the protocol 'finetune' is left out. pooling is average. It looks at tokens", notes[0], StringComparison.Ordinal);
        Assert.Contains("the backbone 'resnet20' refuses: resnet20.dropPath is not a known key.", notes[0], StringComparison.Ordinal);
        Assert.Contains("Switch that off in evaluation.finetune", notes[0], StringComparison.Ordinal);
        Assert.StartsWith("evaluation.protocols: the protocol 'linear-mae' is left out. tokens is class.", notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public void RequireHeldOut_HeadsThatDoNotDivideTheTokens_AreTold()
    {
        using var session = ConformanceHost.Session(
            "supervised", [.. _transformer, "evaluation.protocols=[attentive-probe]", "evaluation.attentive-probe.heads=5"]);

        Assert.Contains("heads is 5, but the tokens are 32 wide", Assert.Single(Service.RequireHeldOut(session.Experiment)), StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_OneLabelledImage_HasAReasonInPlaceOfANumber()
    {
        using var session = ConformanceHost.Session("supervised", [.. _transformer, .. _short, "evaluation.maxTrainSamples=1"]);

        var failure = Assert.Single(Service.Measure(session.Experiment, ["finetune"]).Failures);

        Assert.Equal("It trains, for which a batch takes 2 images or more, and of 'embedded' it gets 1.", failure.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Measure_ClassifierCannotBeMade_LeavesNoCopies(bool hasViews)
    {
        using var session = ConformanceHost.Session("supervised");
        var (copies, trainer) = (new List<Module>(), ConformanceHost.Get<IClassifierTrainer>());

        Assert.Throws<ConfigurationException>(() =>
            trainer.Measure(session.Experiment, "unfit", new Unfit(copies, hasViews), session.Experiment.Data, CancellationToken.None));

        Assert.NotEmpty(copies);
        Assert.All(copies.SelectMany(copy => copy.parameters()), parameter => Assert.True(parameter.IsInvalid));
        Assert.All(session.Experiment.Module.parameters(), parameter => Assert.False(parameter.IsInvalid));
    }

    [Fact]
    public void Encode_SeveralFeatures_TakeOnePassThroughTheBackbone()
    {
        using var scope = NewDisposeScope();
        var backbone = new Counted();

        new TokenFeatures(backbone, [FeatureTokens.Pooled, FeatureTokens.Mean]).Encode(zeros(2, 3, 4, 4));

        Assert.Equal(1, backbone.Encoded);
    }

    [Fact]
    public void Measure_TokensOfATransformer_AreFourDifferentFeatures()
    {
        using var session = ConformanceHost.Session("supervised", [.. _transformer, "backbone.pooling=average"]);

        var measured = Service.Measure(session.Experiment, ["knn-dino", "knn-class", "knn-mean", "knn-both", "linear-sgd-both"]);

        Assert.Empty(measured.Failures);
        Assert.Equal(5, measured.Results.Count);
    }

    [Fact]
    public void Features_TokensOfATransformer_AreThoseOfItsForwardPass()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var backbone = new ViT(new() { Width = 16, Depth = 1, Heads = 2, PatchSize = 4 }, TestRuns.Of());
        backbone.eval();
        var images = Tensors.Normal(1, 3, 3, 8, 8);
        var tokens = backbone.Normalise(backbone.Encode(backbone.EmbedPatches(images)));   // [3, 5, 16]

        var features = new TokenFeatures(backbone, [FeatureTokens.Pooled, FeatureTokens.Class, FeatureTokens.Mean, FeatureTokens.Both]);
        var parts = features.Split(features.Encode(images));

        Assert.Equal(5 * 16, features.Width);
        Tensors.AssertClose(backbone.call(images), parts[FeatureTokens.Pooled], 1e-6);
        Tensors.AssertClose(tokens.select(1, 0), parts[FeatureTokens.Class], 1e-6);
        Tensors.AssertClose(tokens.narrow(1, 1, 4).mean([1]), parts[FeatureTokens.Mean], 1e-6);
        Tensors.AssertClose(cat([parts[FeatureTokens.Class], parts[FeatureTokens.Mean]], 1), parts[FeatureTokens.Both], 0);
        Assert.Equal([3, 4, 16], TokenFeatures.Patches(backbone, images).shape);
    }

    [Fact]
    public void ParameterRules_OfATransformer_FallWithTheDistanceFromTheHead()
    {
        var rules = Rules(() => new ViT(new() { Width = 16, Depth = 2, Heads = 2, PatchSize = 4 }, TestRuns.Of()), new() { LayerDecay = 0.5 });

        Assert.Equal((0.125, 0.0), rules("network.backbone.cls_token", 3));
        Assert.Equal((0.125, 1.0), rules("network.backbone.patch_embed.proj.weight", 4));
        Assert.Equal((0.25, 1.0), rules("network.backbone.blocks.0.attn.qkv.weight", 2));
        Assert.Equal((0.5, 0.0), rules("network.backbone.blocks.1.norm1.weight", 1));
        Assert.Equal((1.0, 0.0), rules("network.backbone.norm.weight", 1));
        Assert.Equal((1.0, 1.0), rules("network.head.weight", 2));   // no rule: the optimizer's own numbers
    }

    [Fact]
    public void Classify_Average_IsWhatIsMeasured()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var copies = 0;
        var classifier = new FinetunedClassifier(Copy, new() { Ema = 0.5, HeadStd = 1 }, TestRuns.Of());
        classifier.eval();
        var (pair, images) = (Assert.Single(classifier.MomentumPairs), Tensors.Normal(1, 2, 3, 8, 8));

        Assert.Equal(2, copies);
        Tensors.AssertClose(((Module<Tensor, Tensor>)pair.Target).call(images), classifier.Classify(images), 0);
        Assert.NotEqual(Tensors.Values(((Module<Tensor, Tensor>)pair.Online).call(images)), Tensors.Values(classifier.Classify(images)));

        ViT Copy()
        {
            copies++;

            return new(new() { Width = 16, Depth = 1, Heads = 2, PatchSize = 4 }, TestRuns.Of());
        }
    }

    private static EvaluationService Service => ConformanceHost.Get<EvaluationService>();

    private static Dictionary<string, float[]> State(TrainingSession session) =>
        session.Experiment.Module.state_dict().ToDictionary(entry => entry.Key, entry => Tensors.Values(entry.Value.to(float32).flatten()));

    private static Func<string, long, (double LearningRate, double WeightDecay)> Rules(BackboneFactory copies, FinetuneOptions options)
    {
        var rules = new FinetunedClassifier(copies, options, TestRuns.Of()).ParameterRules;

        return (name, dimensions) => rules.FirstOrDefault(rule => rule.Matches(new(name, dimensions))) is { } rule
            ? (rule.LearningRateScale, rule.WeightDecayScale) : (1, 1);
    }

    /// <summary>Fails as soon as it has a copy, or by views that there are not.</summary>
    private sealed class Unfit(List<Module> copies, bool hasViews) : ITrainingEvaluator
    {
        public ClassifierTraining Training => new(Epochs: 1, BatchSize: 8, BaseLearningRate: 0.1);

        public IEnumerable<string> Faults(IBackbone backbone) => [];

        public IClassifier CreateClassifier(BackboneFactory backbones, RunInfo run)
        {
            var copy = backbones();
            copies.Add((Module)copy);

            return hasViews ? throw new ConfigurationException("unfit")
                : new FrozenClassifier(copy, Linear(1, 1), images => images, new([new("no-such-augmentation")]));
        }
    }

    private sealed class Counted : Module<Tensor, Tensor>, ITokenBackbone
    {
        public Counted()
            : base(nameof(Counted))
        {
        }

        public int Encoded { get; private set; }

        public int FeatureDim => 3;

        public int PatchDim => 3;

        public int TokenDim => 3;

        public int TokenStride => 1;

        public int PrefixTokens => 0;

        public bool HasClassToken => false;

        public Tensor EmbedPatches(Tensor images) => images.permute(0, 2, 3, 1);

        public Tensor Encode(Tensor patches)
        {
            Encoded++;

            return patches.flatten(1, 2);
        }

        public Tensor Normalise(Tensor tokens) => tokens;

        public Tensor Pool(Tensor tokens) => tokens.mean([1]);

        public override Tensor forward(Tensor input) => Pool(Encode(EmbedPatches(input)));
    }
}
