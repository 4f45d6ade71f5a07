using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Parallax.Contracts;
using Parallax.Host.Experiments;
using Parallax.Host.Export;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>ONNX models of backbones with other options than the default ones, of single layers, and of modules that have no such form.</summary>
public sealed class OnnxConformanceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Layers => [.. _layers.Keys];

    private static readonly Dictionary<string, (Func<Module<Tensor, Tensor>> Create, long[] Shape)> _layers = new()
    {
        ["convolution with holes and groups"] = (() => Conv2d(4, 6, (3, 5), stride: (2, 1), padding: (1, 2), dilation: (2, 1), groups: 2), [4, 9, 11]),
        ["convolution over time"] = (() => Conv3d(2, 3, (3, 1, 3), stride: (1, 2, 2), padding: (1, 0, 1)), [2, 4, 7, 7]),
        ["batch normalisation"] = (() => Moved(BatchNorm2d(4)), [4, 5, 5]),
        ["plain batch normalisation"] = (() => Moved(BatchNorm2d(4, affine: false)), [4, 5, 5]),
        ["batch normalisation of features"] = (() => Moved(BatchNorm1d(6)), [6]),
        ["layer normalisation"] = (() => LayerNorm([5, 3], eps: 1e-3), [4, 5, 3]),
        ["plain layer normalisation"] = (() => LayerNorm(3, elementwise_affine: false), [4, 5, 3]),
        ["plain group normalisation"] = (() => GroupNorm(2, 6, affine: false), [6, 3, 4]),
        ["local response normalisation"] = (() => LocalResponseNorm(5, alpha: 0.1), [7, 3, 4]),
        ["linear layer"] = (() => Linear(3, 5), [4, 3]),
        ["linear layer without bias"] = (() => Linear(3, 5, hasBias: false), [3]),
        ["largest of windows"] = (() => MaxPool2d(3, stride: 2, padding: 1), [2, 8, 7]),
        ["largest of windows over time"] = (() => MaxPool3d((1, 3, 3), stride: (1, 2, 2), padding: (0, 1, 1)), [2, 3, 8, 7]),
        ["average of windows"] = (() => AvgPool2d(3, stride: 2, padding: 1), [2, 8, 7]),
        ["adaptive average"] = (() => AdaptiveAvgPool2d(3), [2, 7, 5]),
        ["flattening"] = (() => Flatten(), [2, 3, 4]),
        ["dropout"] = (() => Dropout(0.5), [6]),
        ["ReLU"] = (() => ReLU(), [6]),
        ["ReLU6"] = (() => Sequential(Linear(6, 30), ReLU6()), [6]),
        ["GELU"] = (() => GELU(), [6]),
        ["SiLU"] = (() => SiLU(), [6]),
        ["leaky ReLU"] = (() => LeakyReLU(0.2), [6]),
        ["sigmoid"] = (() => Sigmoid(), [6]),
        ["Sobel filter"] = (() => new SobelFilter(2), [3, 6, 5]),
        ["hyperbolic tangent"] = (() => Tanh(), [6]),
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{name: resnet18, width: 0.125, norm: layer, stem: cifar}")]
    [InlineData("{name: resnet18, width: 0.125, norm: split, splits: 2, stem: cifar-maxpool}")]
    [InlineData("{name: resnet50-v2, width: 0.125, stem: cifar, finalRelu: false}")]
    [InlineData("{name: alexnet, width: 0.125, norm: local-response, grouped: true, fullyConnectedNorm: false, fullyConnected: 32, stemStride: 2}")]
    [InlineData("{name: alexnet, width: 0.125, norm: plain-batch, fullyConnected: 0, stemStride: 1}")]
    [InlineData("{name: alexnet, width: 0.125, norm: plain-batch, fullyConnected: 32, stemStride: 2, stemPadding: 5, poolPadding: 1}")]
    [InlineData("{name: vgg16, width: 0.0625, fullyConnected: 0}")]
    [InlineData("{name: vit, width: 32, depth: 2, heads: 4, patchSize: 8, relativePositions: shared, positions: none, qkvBias: query-value, layerScale: 0.1}")]
    [InlineData("{name: vit, width: 32, depth: 2, heads: 4, patchSize: 8, relativePositions: per-block, pooling: average}")]
    [InlineData("{name: vit, width: 32, depth: 2, heads: 4, patchSize: 8, registerTokens: 2, mlp: swiglu, qkvBias: none}")]
    [InlineData("{name: vit, width: 32, depth: 2, heads: 4, patchSize: 8, classToken: false, pooling: patch-mean, positions: sin-cos, mlp: gelu-tanh}")]
    [InlineData("{name: vit, width: 32, depth: 2, heads: 4, patchSize: 12, pooling: token-mean}")]
    [InlineData("{name: swin, width: 32, patchSize: 2, window: 5}")]   // maps are filled up to whole windows
    [InlineData("{name: swin, width: 32, patchSize: 3, window: 4}")]   // maps of odd sides are merged
    public void Write_OtherOptions_GivesTheSameFeatures(string section) => AssertSame(section, takesClips: false);

    [Theory]
    [InlineData("{name: mvit-v2-s, form: mask-feat, poolsLast: false, pooling: token, width: 8, depth: 6, frames: 8}")]
    [InlineData("{name: r3d-50, form: cvrl, width: 0.0625}")]
    [InlineData("{name: r2plus1d-18, form: cstp, width: 0.0625}")]
    public void Write_OtherOptionsOfClips_GivesTheSameFeatures(string section) => AssertSame(section, takesClips: true);

    [Fact]
    public void Model_OfABackbone_TakesAnyBatchAndDescribesItself()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create("{name: resnet20}", takesClips: false);
        var file = Path.Combine(_folder.Path, "a.onnx");
        ConformanceHost.Get<BackboneExport>().Write(experiment, "onnx", file, replaces: false, ExportMetadata.Origin("a run", 3, "the recipe"));

        using var session = new InferenceSession(file, OneThread());

        Assert.Equal([1L, 64], Run(session, torch.rand(1, 3, 32, 32)).shape);
        Assert.Equal([5L, 64], Run(session, torch.rand(5, 3, 32, 32)).shape);
        Assert.Equal([-1, 3, 32, 32], session.InputMetadata["input"].Dimensions);
        Assert.Equal("the recipe", session.ModelMetadata.CustomMetadataMap["parallax.recipe"]);
        Assert.Equal("onnx", session.ModelMetadata.CustomMetadataMap["parallax.names"]);
        Assert.NotEmpty(session.ModelMetadata.CustomMetadataMap["parallax.largest_difference"]);
    }

    [Theory, MemberData(nameof(Layers))]
    public void Model_OfALayer_GivesWhatItGives(string layer)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(3);
        var module = _layers[layer].Create();
        module.eval();
        var input = torch.randn([3, .. _layers[layer].Shape]);
        var model = OnnxGraph.ModelOf(new Around(module), "layer", _layers[layer].Shape, new Dictionary<string, string>());

        using var session = new InferenceSession(model.ToByteArray(), OneThread());

        var (expected, actual) = (module.call(input), Run(session, input));
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.shape[1..], model.Graph.Output[0].Type.TensorType.Shape.Dim.Skip(1).Select(side => side.DimValue));
        Assert.True(torch.allclose(expected, actual, rtol: 1e-4, atol: 1e-5));
    }

    [Fact]
    public void Model_OfAModuleThatIsNotKnown_NamesItAndTheWay()
    {
        using var scope = torch.NewDisposeScope();
        var backbone = new Around(Sequential(("first", ReLU()), ("second", new Unknown())));

        var fault = Assert.Throws<ConfigurationException>(() => OnnxGraph.ModelOf(backbone, "mine", [3], new Dictionary<string, string>())).Message;

        Assert.StartsWith($"The backbone mine cannot be written as ONNX: the exporter does not know its module 'inner.second' ({typeof(Unknown).FullName})",
            fault, StringComparison.Ordinal);
        Assert.Contains("Declare IOnnxModule in its class", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_OfALayerWithSettingsThatHaveNoForm_IsRefused()
    {
        using var scope = torch.NewDisposeScope();
        var backbone = new Around(MaxPool2d(3, stride: 2, ceil_mode: true));

        var fault = Assert.Throws<ConfigurationException>(() => OnnxGraph.ModelOf(backbone, "mine", [3, 8, 8], new Dictionary<string, string>())).Message;

        Assert.Contains("its module 'inner' (TorchSharp.Modules.MaxPool2d)", fault, StringComparison.Ordinal);
        Assert.Contains("with these settings", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Features_OfAModelThatTheRuntimeRefuses_NamesBackboneAndWay()
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create("{name: resnet20}", takesClips: false);
        var file = Path.Combine(_folder.Path, "a.onnx");
        File.WriteAllText(file, "no model");

        var fault = Assert.Throws<ConfigurationException>(() => OnnxOf(experiment).Features(file, [torch.rand(1, 3, 32, 32)])).Message;

        Assert.StartsWith("ONNX Runtime refuses the model of resnet20: ", fault, StringComparison.Ordinal);
        Assert.EndsWith("A WriteOnnx of its modules is wrong; or take --format safetensors.", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_OfABatchNormalisationWithoutRunningStatistics_IsRefused()
    {
        using var scope = torch.NewDisposeScope();
        var backbone = new Around(BatchNorm2d(3, track_running_stats: false));

        var fault = Assert.Throws<ConfigurationException>(() => OnnxGraph.ModelOf(backbone, "mine", [3, 8, 8], new Dictionary<string, string>())).Message;

        Assert.Contains("its module 'inner' (TorchSharp.Modules.BatchNorm2d)", fault, StringComparison.Ordinal);
    }

    private void AssertSame(string section, bool takesClips)
    {
        using var scope = torch.NewDisposeScope();
        using var experiment = SmallNetworks.Create(section, takesClips);

        var result = ConformanceHost.Get<BackboneExport>()
            .Write(experiment, "onnx", Path.Combine(_folder.Path, "a.onnx"), replaces: false, ExportMetadata.Origin("a run", 3, ""));

        Assert.InRange(result.LargestDifference, 0, BackboneExport.Tolerance);
        Assert.InRange(result.FeatureSpread, 1e-3, double.MaxValue);
    }

    private static OnnxFile OnnxOf(Experiment experiment) => new(experiment.Method.Backbone, experiment);

    private static SessionOptions OneThread() => new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };

    private static Tensor Run(InferenceSession session, Tensor input)
    {
        using var how = new RunOptions();
        using var value = OrtValue.CreateTensorValueFromMemory(input.data<float>().ToArray(), input.shape);
        using var results = session.Run(how, ["input"], [value], ["features"]);

        return torch.tensor(results[0].GetTensorDataAsSpan<float>().ToArray()).view(results[0].GetTensorTypeAndShape().Shape);
    }

    // Scale, shift and running statistics of a trained layer.
    private static BatchNorm Moved(BatchNorm layer)
    {
        using var noGradients = torch.no_grad();
        layer.running_mean!.copy_(torch.randn(layer.num_features));
        layer.running_var!.copy_(torch.rand(layer.num_features) + 0.5);
        layer.weight?.copy_(torch.randn(layer.num_features));
        layer.bias?.copy_(torch.randn(layer.num_features));

        return layer;
    }

    private sealed class Around : Module<Tensor, Tensor>, IBackbone, IOnnxModule
    {
        private readonly Module<Tensor, Tensor> inner;

        public Around(Module<Tensor, Tensor> module)
            : base(nameof(Around))
        {
            inner = module;
            RegisterComponents();
        }

        public int FeatureDim => 1;

        public override Tensor forward(Tensor input) => inner.call(input);

        public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input) => graph.Write(inner, input);
    }

    private sealed class Unknown() : Module<Tensor, Tensor>(nameof(Unknown))
    {
        public override Tensor forward(Tensor input) => input;
    }
}
