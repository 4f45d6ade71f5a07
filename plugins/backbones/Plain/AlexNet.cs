using System.Globalization;
using System.Text.RegularExpressions;

namespace Parallax.Plugins.Backbones;

/// <summary>AlexNet: five convolutions, three poolings, two fully connected layers. Modules are <c>conv1</c> to <c>conv5</c>, <c>bn1</c> to <c>bn5</c> and, as
/// in torchvision, <c>classifier.1</c> and <c>classifier.4</c>.</summary>
/// <remarks>
/// Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", NeurIPS 2012; Krizhevsky, 2014,
/// https://arxiv.org/abs/1404.5997. Batch normalisation as in RotNet (Gidaris et al., ICLR 2018, https://arxiv.org/abs/1803.07728) and DeepCluster (Caron et
/// al., ECCV 2018, https://arxiv.org/abs/1807.05520). Convolutions start from N(0, 2 / fan-out) and linear layers from N(0, 0.01²), biases from 0, as in
/// DeepCluster's code. The fully connected layers belong to the map of images of <c>data.imageSize</c>; other maps are averaged to its side, as in torchvision.
/// A map smaller than the pooling's 3x3 window is one window.
/// </remarks>
[Plugin("alexnet", Options = typeof(AlexNetOptions), Family = "plain", Summary = "AlexNet, with batch or local response normalisation; 4096 features.",
    Paper = "ImageNet Classification with Deep Convolutional Neural Networks", Authors = "Krizhevsky, Sutskever, Hinton", Venue = "NeurIPS", Year = 2012,
    ArXiv = "1404.5997")]
public sealed class AlexNet : Module<Tensor, Tensor>, IForeignWeights, ILayerIds, IOnnxModule, IPooledStages
{
    private const int Window = 3, Stride = 2, ResponseWindow = 5;

    // Where the convolutions, or their normalisations, stand in torchvision's network and in DeepCluster's.
    private static readonly int[] _torchvision = [0, 3, 6, 8, 10], _normalised = [0, 4, 8, 11, 14];

    private static readonly int[] _pooled = [0, 1, 4];   // convolutions with a pooling behind them

    private readonly Module<Tensor, Tensor>? classifier, response;
    private readonly Module<Tensor, Tensor>[] _convolutions;
    private readonly Module<Tensor, Tensor>?[] _norms;
    private readonly long _side, _poolPadding;
    private readonly DenseLayers _dense;
    private readonly bool _isTorchvisions;
    private readonly int _flattenedSide;

    /// <summary>Builds and initialises the network.</summary>
    /// <param name="options">Channels, normalisation, fully connected layers.</param>
    /// <param name="run">Gives the channels and the side of the images.</param>
    public AlexNet(AlexNetOptions options, RunInfo run)
        : base(nameof(AlexNet))
    {
        var (channels, groups) = (options.Channels, options.Grouped ? 2 : 1);
        response = options.Norm == AlexNetNorm.LocalResponse ? LocalResponseNorm(ResponseWindow) : null;
        (_side, _poolPadding) = (PooledSide(run.ImageSize, options), options.PoolPadding);
        _dense = options.Dense;
        _isTorchvisions = options is { Norm: AlexNetNorm.None, Grouped: false } && _dense is { IsNormalised: false, FinalRelu: true };
        classifier = _dense.Width == 0 ? null : _dense.Create(channels[^1] * _side * _side, dropsFirst: true);
        RegisterComponents();
        _convolutions =
        [
            Conv2d(run.Data.Channels, channels[0], 11, stride: options.StemStride, padding: options.StemPadding),
            Conv2d(channels[0], channels[1], 5, padding: 2, groups: groups),
            Conv2d(channels[1], channels[2], 3, padding: 1),
            Conv2d(channels[2], channels[3], 3, padding: 1, groups: groups),
            Conv2d(channels[3], channels[4], 3, padding: 1, groups: groups),
        ];
        _norms =
        [
            .. channels.Select(width => options.Norm switch
            {
                AlexNetNorm.Batch => BatchNorm2d(width),
                AlexNetNorm.PlainBatch => BatchNorm2d(width, affine: false),
                _ => (Module<Tensor, Tensor>?)null,
            }),
        ];
        Stages = [.. channels.Select((width, i) => new FeatureStage($"conv{i + 1}", (int)width, options.StemStride << Math.Min(i, 2)))];
        PooledStages = [.. _pooled.Select(i => new PooledStage(i, new($"pool{i + 1}", Stages[i].Channels, 2 * Stages[i].Stride)))];
        foreach (var (place, (convolution, norm)) in _convolutions.Zip(_norms).Index())
        {
            register_module($"conv{place + 1}", convolution);
            init.kaiming_normal_(convolution.get_parameter("weight")!, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
            init.zeros_(convolution.get_parameter("bias")!);
            if (norm is not null)
            {
                register_module($"bn{place + 1}", norm);
            }
        }

        _flattenedSide = options.FlattenedSide;
        FeatureDim = _dense.Width > 0 ? _dense.Width : (int)channels[^1] * Math.Max(1, _flattenedSide * _flattenedSide);
    }

    /// <inheritdoc/>
    public int FeatureDim { get; }

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public IReadOnlyList<PooledStage> PooledStages { get; }

    /// <inheritdoc/>
    public Tensor Pool(PooledStage pooled, Tensor map) => Pooled(map);

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.Plain(
        [.. Stages.Select((stage, i) => new[] { stage.Name, $"bn{i + 1}" }), .. _dense.Modules(nameof(classifier), dropsFirst: true)]);

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Features(Convolve(input)[^1]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var x = input;
        for (var layer = 0; layer < _convolutions.Length; layer++)
        {
            x = graph.Write(_convolutions[layer], x);
            x = graph.Relu(_norms[layer] is { } norm ? graph.Write(norm, x) : x);
            if (layer < 2)
            {
                x = Pooled(graph, x);
                x = response is null ? x : graph.Write(response, x);
            }
        }

        if (_flattenedSide > 0)
        {
            return graph.Reshape(graph.AdaptiveMean(Pooled(graph, x), _flattenedSide), OnnxValue.Batch, FeatureDim);
        }

        return classifier is null ? graph.Mean(x, [2, 3])                                                            // [N, 256]
            : graph.Write(classifier, graph.Reshape(graph.AdaptiveMean(Pooled(graph, x), _side), OnnxValue.Batch, x.Shape[1] * _side * _side));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return Convolve(images).ConvertAll(map => map.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public BackboneOutputs Outputs(Tensor images)
    {
        using var scope = NewDisposeScope();
        var maps = Convolve(images);

        return new BackboneOutputs([], maps, Features(maps[^1])).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>torchvision's <c>features.3</c> is <c>conv2</c>; in DeepCluster's network, which has normalisations, that is <c>features.4</c>. SeLa's is the
    /// same. Top layers and the fixed Sobel filters in front are no part of it.</remarks>
    public string? OwnName(string name)
    {
        if (name.StartsWith("classifier.6.", StringComparison.Ordinal) || Regex.IsMatch(name, @"^(top_layer|sobel)"))
        {
            return null;
        }

        if (name.Split('.') is not ["features", var number, var tensor] || !int.TryParse(number, CultureInfo.InvariantCulture, out var place))
        {
            return name;
        }

        var places = _norms[0] is null ? _torchvision : _normalised;

        return Array.IndexOf(places, place) is >= 0 and var convolution ? $"conv{convolution + 1}.{tensor}"
            : Array.IndexOf(places, place - 1) is >= 0 and var norm && _norms[0] is not null ? $"bn{norm + 1}.{tensor}"
            : name;
    }

    /// <inheritdoc/>
    /// <remarks>torchvision's network has no normalisation and no groups, and every layer of it ends with a ReLU.</remarks>
    public IReadOnlyList<WeightLayout> Layouts => _isTorchvisions ? [new(Libraries.Torchvision, TorchvisionName)] : [];

    /// <inheritdoc/>
    public bool MayBeMissing(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);   // files of PyTorch before 0.4.1

    private static string TorchvisionName(string name) => name.Split('.') is [['c', 'o', 'n', 'v', var number], var tensor]
        ? $"features.{_torchvision[number - '1']}.{tensor}" : name;

    /// <summary>Side of the last map behind its pooling.</summary>
    private static long PooledSide(int pixels, AlexNetOptions options)
    {
        var side = Math.Max(1, ((pixels + (2 * options.StemPadding) - 11) / options.StemStride) + 1);

        return Halved(Halved(Halved(side)));

        long Halved(long side) => ((side + (2 * options.PoolPadding) - WindowOf(side, options.PoolPadding)) / Stride) + 1;
    }

    private static long WindowOf(long side, long padding) => Math.Min(Window, side + (2 * padding));

    private Tensor Pooled(Tensor map) => F.max_pool2d(
        map, [WindowOf(map.shape[2], _poolPadding), WindowOf(map.shape[3], _poolPadding)], [Stride, Stride], [_poolPadding, _poolPadding]);

    private OnnxValue Pooled(IOnnxGraph graph, OnnxValue map) => graph.MaxPool(
        map, [WindowOf(map.Shape[2], _poolPadding), WindowOf(map.Shape[3], _poolPadding)], [Stride, Stride], [_poolPadding, _poolPadding]);

    private Tensor Features(Tensor map)                                                 // [N, 256, 13, 13] for images of 224 pixels
    {
        if (_flattenedSide > 0)
        {
            return F.adaptive_avg_pool2d(Pooled(map), _flattenedSide).flatten(1);       // [N, 256 side side]
        }

        if (classifier is null)
        {
            return map.mean([2, 3]);                                                    // [N, 256]
        }

        var pooled = F.adaptive_avg_pool2d(Pooled(map), _side);                         // [N, 256, 6, 6]

        return classifier.call(pooled.flatten(1));                                      // [N, F]
    }

    /// <summary>What each convolution gives, after its ReLU: [N, 64, 55, 55], [N, 192, 27, 27], then three of 13 x 13, for images of 224 pixels.</summary>
    private List<Tensor> Convolve(Tensor x)
    {
        var maps = new List<Tensor>(_convolutions.Length);
        for (var layer = 0; layer < _convolutions.Length; layer++)
        {
            x = _convolutions[layer].call(x);
            maps.Add(x = (_norms[layer] is { } norm ? norm.call(x) : x).relu_());
            if (layer < 2)
            {
                x = Pooled(x);
                x = response is null ? x : response.call(x);
            }
        }

        return maps;
    }
}
