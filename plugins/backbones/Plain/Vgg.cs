namespace Parallax.Plugins.Backbones;

/// <summary>VGG: five blocks of 3x3 convolutions, a pooling behind each, two fully connected layers. Names in the state dictionary are torchvision's, without
/// <c>classifier.6</c>.</summary>
/// <remarks>
/// Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", ICLR 2015, https://arxiv.org/abs/1409.1556. Initialised as
/// torchvision: convolutions from N(0, 2 / fan-out), linear layers from N(0, 0.01²), biases from 0. The fully connected layers belong to the map of images of
/// <c>data.imageSize</c>; other maps are averaged to its side, as in torchvision.
/// </remarks>
public abstract class Vgg : Module<Tensor, Tensor>, IForeignWeights, ILayerIds, IOnnxModule
{
    /// <summary>Input pixels per position of the map that the fully connected layers see.</summary>
    internal const int Stride = 32;

    private const int FirstChannels = 64, MostChannels = 512;

    private readonly ModuleList<Module<Tensor, Tensor>> features;   // convolutions, normalisations, ReLUs, poolings
    private readonly Module<Tensor, Tensor>? classifier;
    private readonly long _side;
    private readonly DenseLayers _dense;

    /// <summary>Builds and initialises the network.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="depths">Convolutions of each block.</param>
    /// <param name="options">Normalisation, width, fully connected layers.</param>
    /// <param name="run">Gives the channels and the side of the images.</param>
    private protected Vgg(string name, IReadOnlyList<int> depths, VggOptions options, RunInfo run)
        : base(name)
    {
        var (layers, stages, inputs) = (new List<Module<Tensor, Tensor>>(), new List<FeatureStage>(), (long)run.Data.Channels);
        foreach (var (block, depth) in depths.Index())
        {
            var width = Math.Max(1, (long)Math.Round(Math.Min(FirstChannels << block, MostChannels) * options.Width));
            for (var i = 0; i < depth; i++)
            {
                layers.Add(Conv2d(inputs, width, 3, padding: 1));
                layers.AddRange(options.Norm ? [BatchNorm2d(width), ReLU(inplace: true)] : [ReLU(inplace: true)]);
                inputs = width;
            }

            stages.Add(new($"features.{layers.Count - 1}", (int)width, 1 << block));
            layers.Add(MaxPool2d(2, stride: 2));
        }

        _side = Math.Max(1, run.ImageSize / Stride);
        (features, Stages, _dense) = ([.. layers], stages, options.Dense);
        classifier = _dense.Width == 0 ? null : _dense.Create(inputs * _side * _side, dropsFirst: false);
        FeatureDim = _dense.Width == 0 ? (int)inputs : _dense.Width;
        RegisterComponents();
        foreach (var convolution in layers.OfType<Conv2d>())
        {
            init.kaiming_normal_(convolution.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
            init.zeros_(convolution.bias!);
        }
    }

    /// <inheritdoc/>
    public int FeatureDim { get; }

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.Plain(
    [
        .. features.Index().Where(layer => layer.Item is Conv2d).Select(layer => new[] { $"features.{layer.Index}", $"features.{layer.Index + 1}" }),
        .. _dense.Modules(nameof(classifier), dropsFirst: false),
    ]);

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, H, W], sides of 32 pixels or more.</param>
    /// <returns>[N, <see cref="FeatureDim"/>].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var (maps, last) = Convolve(input);

        return Features(maps, last).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var kept = classifier is null ? features.Count - 1 : features.Count;                     // features are those before the last pooling
        var x = features.Take(kept).Aggregate(input, (map, layer) => graph.Write(layer, map));

        return classifier is null ? graph.Mean(x, [2, 3])                                        // [N, 512]
            : graph.Write(classifier, graph.Reshape(graph.AdaptiveMean(x, _side), OnnxValue.Batch, x.Shape[1] * _side * _side));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return Convolve(images).Maps.ConvertAll(map => map.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public BackboneOutputs Outputs(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (maps, last) = Convolve(images);

        return new BackboneOutputs([], maps, Features(maps, last)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string? OwnName(string name) =>
        name.StartsWith("classifier.6.", StringComparison.Ordinal) || name.StartsWith("top_layer.", StringComparison.Ordinal)
            || name.StartsWith("sobel.", StringComparison.Ordinal) ? null : name;

    /// <inheritdoc/>
    /// <remarks>torchvision's fully connected layers have no normalisation, and end with a ReLU.</remarks>
    public IReadOnlyList<WeightLayout> Layouts =>
        classifier is null || _dense is { IsNormalised: false, FinalRelu: true } ? [Libraries.Same(Libraries.Torchvision)] : [];

    /// <inheritdoc/>
    public bool MayBeMissing(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);   // files of PyTorch before 0.4.1

    private Tensor Features(List<Tensor> maps, Tensor last)                      // [N, 512, H/16, W/16] the last one, [N, 512, H/32, W/32]
    {
        if (classifier is null)
        {
            return maps[^1].mean([2, 3]);                                        // [N, 512]
        }

        var pooled = F.adaptive_avg_pool2d(last, _side);                         // [N, 512, 7, 7] for images of 224 pixels

        return classifier.call(pooled.flatten(1));                               // [N, F]
    }

    /// <summary>What each block gives before its pooling, [N, 64, H, W] to [N, 512, H/16, W/16], and the last behind it.</summary>
    private (List<Tensor> Maps, Tensor Last) Convolve(Tensor x)
    {
        var maps = new List<Tensor>(Stages.Count);
        foreach (var layer in features)
        {
            if (layer is MaxPool2d)
            {
                maps.Add(x);
            }

            x = layer.call(x);
        }

        return (maps, x);
    }
}
