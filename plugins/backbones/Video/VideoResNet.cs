namespace Parallax.Plugins.Backbones;

/// <summary>The residual networks for clips: a stem, four stages, the mean over time and space. Names in the state dictionary are torchvision's, without
/// <c>fc</c>.</summary>
/// <remarks>
/// Tran et al., "A Closer Look at Spatiotemporal Convolutions for Action Recognition", CVPR 2018, table 1, https://arxiv.org/abs/1711.11248; Hara, Kataoka,
/// Satoh, "Can Spatiotemporal 3D CNNs Retrace the History of 2D CNNs and ImageNet?", CVPR 2018, https://arxiv.org/abs/1711.09577.
/// Initialised as torchvision: convolutions from N(0, 2 / fan-out), normalisations with scale 1 and shift 0. Weights of a ResNet for images are taken by
/// <see cref="Inflation"/>.
/// </remarks>
public abstract class VideoResNet : ClipNetwork, IForeignWeights, ILayerIds
{
    private const int StemChannels = 64;

    private readonly Module<Tensor, Tensor> stem;
    private readonly Module<Tensor, Tensor>[] _layers;
    private readonly VideoResNetShape _shape;

    /// <summary>Builds the network.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="shape">Stem, stages and blocks.</param>
    /// <param name="options">Width, first scale of the blocks.</param>
    /// <param name="run">Gives the channels of the clips.</param>
    private protected VideoResNet(string name, VideoResNetShape shape, VideoResNetOptions options, RunInfo run)
        : base(name)
    {
        var parts = new VideoResNetParts(shape, options);
        _shape = shape;
        stem = parts.Stem(run.Data.Channels, parts.Scaled(StemChannels));
        RegisterComponents();

        var channels = parts.Scaled(StemChannels);
        _layers = new Module<Tensor, Tensor>[shape.Depths.Count];
        for (var stage = 0; stage < _layers.Length; stage++)
        {
            var inner = parts.Scaled(StemChannels) << stage;
            _layers[stage] = parts.Stage(stage, channels, inner);
            channels = inner * shape.Expansion;
        }

        Stages = [.. _layers.Select((_, stage) =>
            new FeatureStage($"layer{stage + 1}", (int)(parts.Scaled(StemChannels) << stage) * shape.Expansion, shape.FirstStride << stage))];
        foreach (var (stage, layer) in Stages.Zip(_layers))
        {
            register_module(stage.Name, layer);
        }

        foreach (var convolution in modules().OfType<Conv3d>())
        {
            init.kaiming_normal_(convolution.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
        }
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.ResNet(_shape.Depths);

    /// <inheritdoc/>
    public string? OwnName(string name) => VideoResNetNames.Own(name);

    /// <inheritdoc/>
    public IReadOnlyList<WeightLayout> Layouts => _shape.IsTorchvisions ? [Libraries.Same(Libraries.Torchvision)] : [];

    /// <inheritdoc/>
    public bool MayBeMissing(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);   // files of PyTorch before 0.4.1

    /// <inheritdoc/>
    public Tensor? Resized(string name, Tensor value) => Inflation.Of(value, get_parameter(name)?.shape ?? []);

    private protected override OnnxValue LastMap(IOnnxGraph graph, OnnxValue clips)
    {
        var x = graph.Write(stem, clips);                                                      // [N, C, T', H/2, W/2]
        x = _shape.PoolsStem ? graph.MaxPool(x, [1, 3, 3], [1, 2, 2], [0, 1, 1]) : x;          // [N, C, T', H/4, W/4]

        return _layers.Aggregate(x, (map, layer) => graph.Write(layer, map));
    }

    private protected override List<Tensor> ScopedMaps(Tensor clips)
    {
        Clips.Require(clips, GetName());
        var x = stem.call(clips);                                                              // [N, C, T', H/2, W/2]
        x = _shape.PoolsStem ? F.max_pool3d(x, [1, 3, 3], [1, 2, 2], [0, 1, 1]) : x;           // [N, C, T', H/4, W/4]
        var maps = new List<Tensor>(_layers.Length);
        foreach (var layer in _layers)
        {
            maps.Add(x = layer.call(x));   // half the side of the one before, and half the frames where they have a stride
        }

        return maps;
    }
}
