using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Evaluators;

/// <summary>Every protocol of layers on every backbone: which maps it takes by default, and what it says of a network that has none.</summary>
public sealed class LayerProtocolTests : ModuleTests
{
    private const int Side = 32, Frames = 8;

    private static readonly Layers _first = new(maps => maps[..1], Features: false), _last = new(maps => maps[^1..], Features: true);

    // Which maps of the stem are taken, whether the features are a layer, and maps behind poolings: as docs/evaluation.md has it.
    private static readonly Dictionary<string, Layers> _protocols = new()
    {
        ["linear-per-layer"] = _first, ["linear-per-layer-zhang"] = _first with { Pools = true }, ["linear-per-layer-rotnet"] = _first,
        ["linear-per-layer-deepcluster"] = _first, ["linear-per-layer-sela"] = _first, ["linear-per-layer-vissl"] = _first with { Features = true },
        ["linear-per-layer-fair"] = new(maps => maps, Features: true) { Pools = true }, ["linear-per-layer-mmselfsup"] = _first,
        ["linear-per-layer-kolesnikov"] = _last, ["linear-per-layer-kolesnikov-patches"] = _last with { Tiles = 3 },
        ["linear-per-layer-small"] = _first with { Features = true },
        ["nonlinear-per-layer-rotnet"] = _first, ["nonlinear-per-layer-kolesnikov"] = _last,
        ["svm-voc07-layers"] = _first with { Features = true }, ["svm-lowshot-layers"] = _first with { Features = true },
    };

    private static readonly string[] _alexNet = ["conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5"];

    public static TheoryData<string> Backbones => ConformanceHost.Names(PluginKind.Backbone);

    [Fact]
    public void Protocols_OfLayers_AreAllHere() => Assert.Equal(
        ConformanceHost.Catalog.Of(PluginKind.Evaluator).Select(plugin => plugin.Name)
            .Where(name => name.Contains("linear-per-layer", StringComparison.Ordinal) || name.EndsWith("-layers", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
        _protocols.Keys.Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Backbones))]
    public void Evaluate_EveryProtocol_TakesTheStemThatItsPaperTakes_OrSaysThatThereAreNoMaps(string name)
    {
        using var scope = NewDisposeScope();
        var run = TestRuns.Of() with { ImageSize = Side, Clip = new(Frames) };
        var backbone = Kept(PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Backbone, name))
            .Create<IBackbone>(ConformanceHost.Get<PluginFactory>(), run));
        ((Module)backbone).eval();

        foreach (var (protocol, layers) in _protocols)
        {
            using var inner = NewDisposeScope();
            var evaluator = PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Evaluator, protocol))
                .Create<object>(ConformanceHost.Get<PluginFactory>(), new NoteLogger());
            string[] faults = [.. evaluator is ITrainingEvaluator training ? training.Faults(backbone) : ((ILayerEvaluator)evaluator).Faults(backbone)];
            if (backbone.Stages.Count == 0)
            {
                Assert.Equal($"It looks at the maps of every layer, and the backbone {backbone.GetType().Name} has none. Take a convolutional backbone, or "
                    + "linear-sgd.", faults[0]);
                continue;
            }

            if (layers.Tiles > 1 && backbone.TakesClips)
            {
                Assert.EndsWith($"the backbone {backbone.GetType().Name} takes clips. Take a protocol without tiles.", Assert.Single(faults),
                    StringComparison.Ordinal);
                continue;
            }

            Assert.Empty(faults);
            FeatureStage[] stem = backbone.StemStages is { Count: > 0 } maps ? layers.Stem([.. maps]) : [];
            string[] stages = [.. layers.Pools && backbone is IPooledStages ? _alexNet : backbone.Stages.Select(stage => stage.Name)];
            string[] expected =
                [.. stem.Select(stage => stage.Name), .. stages, .. layers.Features && stages[^1] != "pool5" ? ["features"] : (string[])[]];
            Assert.Equal(expected, evaluator is ITrainingEvaluator probes
                ? Probed(probes, backbone, run with { ImageSize = layers.Tiles * Side })
                : Measured((ILayerEvaluator)evaluator, backbone, run));
        }
    }

    private sealed record Layers(Func<FeatureStage[], FeatureStage[]> Stem, bool Features)
    {
        public bool Pools { get; init; }

        public int Tiles { get; init; } = 1;
    }

    // Names of the heads, each of which gives finite scores of every class.
    private IEnumerable<string> Probed(ITrainingEvaluator protocol, IBackbone backbone, RunInfo run)
    {
        var classifier = (IHeadedClassifier)Kept(protocol.CreateClassifier(() => backbone, run));
        ((Module)classifier).eval();
        var scores = classifier.Classify(Images(backbone, 2, run.ImageSize));

        Assert.Equal([2, classifier.Heads.Count * run.Data.Classes.Count], scores.shape);
        Assert.True(scores.isfinite().all().item<bool>());

        return classifier.Heads;
    }

    // Names of the layers that have a number.
    private static IEnumerable<string> Measured(ILayerEvaluator protocol, IBackbone backbone, RunInfo run)
    {
        var (images, labels) = (Images(backbone, 4, Side), tensor(new long[] { 0, 1, 0, 1 }));
        var details = protocol.Evaluate(backbone, run, encode =>
        {
            using var noGradients = no_grad();
            FeatureSet set = new(encode(images), labels, 2);

            return (set, set);
        }, seed: 0).Details;

        return [.. backbone.StemStages.Concat(backbone.Stages).Select(stage => stage.Name).Append("features").Where(details.ContainsKey)];
    }

    private static Tensor Images(IBackbone backbone, int count, int side) =>
        backbone.TakesClips ? Tensors.Normal(5, count, 3, Frames, side, side) : Tensors.Normal(5, count, 3, side, side);
}
