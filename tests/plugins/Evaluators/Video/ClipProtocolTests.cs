using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Evaluation;
using Parallax.Host.Plugins;
using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Evaluators.Video;

/// <summary>Protocols that train on clips.</summary>
public sealed class ClipProtocolTests
{
    // Methods whose small backbones are an R3D-18 and an MViT.
    private const string Network = "cvrl", Transformer = "maskfeat-video";

    private static readonly string[] _thirtyViews = ["clips.testClips=3", "clips.testCrops=2", "data.count=32", "data.testCount=16"];

    public static TheoryData<string, string, string[]> Protocols => new()
    {
        { Network, "linear-clips", ["epochs=2", "batchSize=16"] },
        { Network, "linear-clips", ["epochs=2", "batchSize=16", "normalise=false", "batchNorm=true", "cropScaleMin=0", "average=logits"] },
        { Network, "finetune-clips", ["epochs=2", "batchSize=16", "backboneFactor=0.1"] },
        { Network, "finetune-clips", ["epochs=2", "batchSize=16", "normalise=true", "batchNorm=true", "flip=false", "average=logits"] },
        { Network, "finetune", [.. Plain, "mixup=0.8", "cutMix=0", "labelSmoothing=0.1", "randAugment=7", "randomErasing=0.25"] },
        { Network, "finetune", [.. Plain, "mixup=0", "cutMix=1", "layerDecay=0.75", "ema=0.9"] },
        { Network, "linear-per-layer", ["epochs=2", "batchSize=16", "milestones=[2]", "mostNumbers=400", "features=true", "heldOut=0.2"] },
        { Network, "linear-mae", ["epochs=2", "batchSize=16", "warmupEpochs=0"] },
        { Transformer, "finetune-clips", ["epochs=2", "batchSize=16", "optimizer=adam-w"] },
        { Transformer, "finetune", ["epochs=2", "batchSize=16", "warmupEpochs=0", "pooling=average", "dropPath=0.1", "clipGradNorm=5"] },
        { Transformer, "linear-per-layer", ["epochs=2", "batchSize=16", "milestones=[2]", "mostNumbers=400"] },
        { Transformer, "attentive-probe", ["epochs=2", "batchSize=16", "warmupEpochs=0"] },
    };

    private static string[] Plain => ["epochs=2", "batchSize=16", "warmupEpochs=0", "pooling=backbone", "dropPath=0"];

    [Theory, MemberData(nameof(Protocols))]
    public void Measure_ClipsOfASmallNetwork_GivesANumberAndChangesNothing(string method, string name, string[] options)
    {
        using var session = ConformanceHost.Session(method, [.. _thirtyViews, .. options.Select(option => $"evaluation.{name}.{option}")]);
        var before = State();

        var measured = ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, [name]);

        Assert.Empty(measured.Failures);
        var (result, scores) = (measured.Results[0].Result, measured.Results[0].Scores);
        Assert.InRange(result.Accuracy, 0, 1);
        Assert.True(double.IsFinite(result.Details["train_loss"]));
        Assert.Equal(name == "linear-per-layer", scores is null);
        Assert.Equal(name.EndsWith("-clips", StringComparison.Ordinal) && !options.Contains("average=logits"), scores?.AreProbabilities == true);
        Assert.Equal(scores is null ? 0 : 16, scores?.Labels.Length ?? 0);
        Assert.Equal("3 clips x 2 crops, even", measured.Results[0].Views);
        Assert.Equal(before, State());

        Dictionary<string, float[]> State() =>
            session.Experiment.Module.state_dict().ToDictionary(entry => entry.Key, entry => Tensors.Values(entry.Value.to(float32).flatten()));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 1)]
    public void Measure_SeveralViews_AreLookedAtAfterTheLastEpochAlone(int clips, int passes)
    {
        using var session = ConformanceHost.Session(Network, $"clips.testClips={clips}", "data.count=32", "evaluation.linear-clips.epochs=3",
            "evaluation.linear-clips.batchSize=16", "evaluation.protocols=[linear-clips]");
        var protocol = session.Experiment.Configuration.Protocols["linear-clips"].Create<ITrainingEvaluator>(ConformanceHost.Get<PluginFactory>());
        using var test = new CountedVideos((IVideoDataset)session.Experiment.Data);

        var result = ConformanceHost.Get<IClassifierTrainer>()
            .Measure(session.Experiment, "linear-clips", protocol, test, TestContext.Current.CancellationToken).Result;

        Assert.Equal(passes * test.Info.Count, test.Decoded);
        Assert.True(passes > 1 || result.BestAccuracy == result.Accuracy);
    }

    [Fact]
    public void Measure_LayersOfClips_HaveANumberEachUnderTheirNames()
    {
        using var session = ConformanceHost.Session(
            Network, "data.count=32", "data.testCount=16", "evaluation.linear-per-layer.epochs=1", "evaluation.linear-per-layer.milestones=[]");

        var result = Assert.Single(ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["linear-per-layer"]).Results).Result;

        Assert.All(session.Experiment.Method.Backbone.Stages, stage => Assert.InRange(result.Details[stage.Name], 0, 1));
    }

    [Fact]
    public void Measure_MovingShapes_FinetuningLearnsTheirDirections()
    {
        using var session = ConformanceHost.Session(Network, "clips.testClips=3", "data.count=256", "data.testCount=64",
            "backbone.form=torchvision", "backbone.width=0.125", "evaluation.finetune-clips.epochs=12", "evaluation.finetune-clips.batchSize=16",
            "evaluation.finetune-clips.dropout=0", "evaluation.finetune-clips.flip=false", "evaluation.finetune-clips.optimizer=adam-w",
            "evaluation.finetune-clips.baseLearningRate=0.05",
            "evaluation.finetune-clips.cropScaleMin=0.8", "evaluation.finetune-clips.grayscale=0");

        var result = Assert.Single(ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["finetune-clips"]).Results).Result;

        Assert.True(result.Accuracy > 0.4, $"{result.Accuracy:P1} of eight directions");
    }

    [Fact]
    public void Measure_TwoStreamsOfOneNetwork_AreAsGoodAsOne()
    {
        using var session = ConformanceHost.Session(Network, [.. _thirtyViews, "evaluation.linear-clips.epochs=1", "evaluation.linear-clips.batchSize=16"]);

        var (first, second) = (Measure(), Measure());
        var both = TwoStreams.Of(first, second);

        Assert.Empty(both.Failures);
        var result = Assert.Single(both.Results).Result;
        Assert.Equal((result.Accuracy, result.Accuracy), (result.Details[TwoStreams.Second], result.Details[TwoStreams.Both]));

        Measurement Measure() => ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["linear-clips"]);
    }

    [Theory]
    [InlineData(ViewAverage.Probabilities)]
    [InlineData(ViewAverage.Logits)]
    public void Classify_SeveralViews_AreAveragedAsAsked(ViewAverage average)
    {
        using var session = ConformanceHost.Session(Network, [.. _thirtyViews, "evaluation.batchSize=6"]);
        using var scope = NewDisposeScope();
        List<Tensor> logits = [];   // of each view of each video: one video at a time

        var encoded = FeatureExtractor.Encoded(session.Experiment, session.Experiment.Data, most: 0, Scores, TestContext.Current.CancellationToken);

        var all = cat([.. logits]).view(-1, 6, 2);   // [V, X, 2]
        Tensors.AssertClose((average == ViewAverage.Probabilities ? all.softmax(2) : all).mean([1]), encoded.Set.Features, 1e-5);

        Tensor Scores(Tensor clips)
        {
            var seen = clips.narrow(1, 0, 2).flatten(2).mean([2]) * 5;   // [1, 2]
            logits.Add(seen.detach().clone().DetachFromDisposeScope());

            return MultiViewScores.Of(seen, average);
        }
    }

    [Theory]
    [InlineData("linear-cvrl", 100, 1024, 32, 0, 0)]
    [InlineData("linear-slowfast", 60, 512, 4, 8, 0)]
    [InlineData("linear-coclr", 100, 32, 0.1, 0, 1e-3)]
    [InlineData("finetune-slowfast", 200, 64, 0.01, 0, 0)]
    [InlineData("finetune-sce-video", 200, 64, 0.025, 0, 0)]
    [InlineData("finetune-coclr", 500, 32, 0.001, 0, 1e-3)]
    [InlineData("finetune-slic", 150, 32, 0.001, 0, 1e-3)]
    [InlineData("finetune-cstp", 100, 60, 0.025, 0, 0)]
    public void Training_OfAConvention_IsThePrintedOne(string name, int epochs, int batch, double rate, double warmup, double decay)
    {
        var training = PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Evaluator, name))
            .Create<ITrainingEvaluator>(ConformanceHost.Get<PluginFactory>()).Training;

        Assert.Equal((epochs, batch, warmup, decay), (training.Epochs, training.BatchSize, training.WarmupEpochs, training.WeightDecay));
        Assert.Equal(rate, training.BaseLearningRate * training.BatchSize / 256, 1e-6);
    }

    [Fact]
    public void ParameterRules_BackboneFactor_SlowsTheBackboneOnly()
    {
        using var scope = NewDisposeScope();
        var classifier = new ClipClassifier(new PixelBackbone(), new() { BackboneFactor = 0.1 }, TestRuns.Of());

        var rule = Assert.Single(classifier.ParameterRules);

        Assert.Equal(0.1, rule.LearningRateScale);
        Assert.Equal(["head.linear.bias", "head.linear.weight"], classifier.named_parameters()
            .Where(entry => !rule.Matches(new(entry.name, entry.parameter.dim()))).Select(entry => entry.name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Faults_BackboneForImages_SaysWhatToTake()
    {
        using var session = ConformanceHost.Session("supervised");

        var failures = ConformanceHost.Get<EvaluationService>().Measure(session.Experiment, ["linear-cvrl", "finetune-coclr"]).Failures;

        Assert.Equal(2, failures.Count);
        Assert.All(failures, failure => Assert.Equal("It learns from clips, and the backbone ResNet20 takes single images. Take a backbone for clips, or "
            + "finetune or linear-sgd.", failure.Reason));
    }

    /// <summary>Videos of another data set, whose owner disposes it.</summary>
    private sealed class CountedVideos(IVideoDataset inner) : IVideoDataset
    {
        private int _decoded;

        public int Decoded => _decoded;

        public DatasetInfo Info => inner.Info;

        public string NameOf(long index) => inner.NameOf(index);

        public VideoInfo Video(long index) => inner.Video(index);

        public void ReadFrames(long index, ReadOnlySpan<int> frames, ClipBuffer clip, SmallestSide? smallestSide = null)
        {
            Interlocked.Increment(ref _decoded);
            inner.ReadFrames(index, frames, clip, smallestSide);
        }

        public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null) => inner.Read(index, image, smallestSide);

        public int Label(long index) => inner.Label(index);

        public void Dispose()
        {
        }
    }
}
