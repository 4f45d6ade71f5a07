namespace Parallax.Plugins.Backbones;

/// <summary>The residual networks: a stem, three or four stages, global average pooling. Names in the state dictionary are torchvision's, without
/// <c>fc</c>.</summary>
/// <remarks>
/// He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, table 1, https://arxiv.org/abs/1512.03385.
/// Initialised as torchvision: convolutions from N(0, 2 / fan-out), normalisations with scale 1 and shift 0.
/// </remarks>
public abstract class ResNet : Module<Tensor, Tensor>, ILayeredBackbone, IRegionBackbone, IForeignWeights, ILayerIds, IOnnxModule
{
    private readonly Module<Tensor, Tensor> conv1, bn1;
    private readonly Module<Tensor, Tensor>[] _layers;
    private readonly Stem _stem;
    private readonly IReadOnlyList<int> _depths;
    private readonly bool _isOfLibraries;

    /// <summary>Builds the network.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="shape">Stages and blocks.</param>
    /// <param name="options">Stem, normalisation, width.</param>
    /// <param name="run">Gives the channels of the images.</param>
    private protected ResNet(string name, ResNetShape shape, ResNetOptions options, RunInfo run)
        : base(name)
    {
        var norms = new NormFactory(options.Norm, options.Splits, options.ZeroInitResidual);
        long width = Math.Max(1, (long)Math.Round(shape.StemChannels * options.Width)), channels = width;
        (_stem, _depths) = (options.Stem, shape.Blocks);
        _isOfLibraries = shape.ProjectsShortcuts && options is { Norm: not NormKind.Layer, LastStride: 2, FinalRelu: true };
        conv1 = StemMap.Convolution(run.Data.Channels, width, _stem);
        bn1 = norms.Create(width);
        RegisterComponents();

        _layers = [.. shape.Blocks.Select(Stage)];
        Stages =
        [
            .. StemMap.StageStrides(_stem, _layers.Length, options.LastStride)
                .Select((stride, stage) => new FeatureStage($"layer{stage + 1}", (int)((width << stage) * shape.Expansion), stride)),
        ];
        StemStages = StemMap.Stages(nameof(conv1), "maxpool", (int)width, _stem);
        foreach (var (stage, layer) in Stages.Zip(_layers))
        {
            register_module(stage.Name, layer);
        }

        foreach (var convolution in modules().OfType<Conv2d>())
        {
            init.kaiming_normal_(convolution.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
        }

        Module<Tensor, Tensor> Stage(int blocks, int stage)
        {
            var modules = new List<Module<Tensor, Tensor>>();
            var (inner, isLast) = (width << stage, stage == shape.Blocks.Count - 1);
            for (var block = 0; block < blocks; block++)
            {
                long stride = block > 0 || stage == 0 ? 1 : isLast ? options.LastStride : 2;
                var relu = options.FinalRelu || !isLast || block < blocks - 1;
                var shortcut = stride != 1 || channels != inner * shape.Expansion ? Shortcut(inner * shape.Expansion, stride) : null;
                modules.Add(shape.Bottleneck
                    ? new Bottleneck(channels, inner, stride, norms, shortcut, relu)
                    : new BasicBlock(channels, inner, stride, norms, shortcut, relu));
                channels = inner * shape.Expansion;
            }

            return Sequential(modules);
        }

        // Options B and A of the paper.
        Module<Tensor, Tensor> Shortcut(long outputs, long stride) => shape.ProjectsShortcuts
            ? Sequential(Conv2d(channels, outputs, 1, stride: stride, bias: false), norms.Create(outputs))
            : new ZeroPaddedShortcut(outputs - channels);
    }

    /// <inheritdoc/>
    public int FeatureDim => Stages[^1].Channels;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> StemStages { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> LayerDims => [.. Stages.Select(stage => stage.Channels)];

    /// <inheritdoc/>
    public int RegionDim => FeatureDim;

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.ResNet(_depths);

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>], averaged over all positions; not negative where the last layer is a ReLU.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return ScopedMaps(input)[^1].mean([2, 3]).MoveToOuterDisposeScope();   // [N, F]
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var x = graph.Relu(graph.Write(bn1, graph.Write(conv1, input)));                        // [N, C, H/2, W/2]
        x = _stem == Stem.Cifar ? x : graph.MaxPool(x, [3, 3], [2, 2], [1, 1]);                 // [N, C, H/4, W/4]

        return graph.Mean(_layers.Aggregate(x, (map, layer) => graph.Write(layer, map)), [2, 3]);   // [N, F]
    }

    /// <summary>Averaged features after each stage.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>One of [N, <see cref="LayerDims"/>[i]] for each stage, not negative but for the last where it has no ReLU.</returns>
    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [.. ScopedMaps(images).Select(map => map.mean([2, 3]).MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [.. ScopedMaps(images).Select(map => map.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    /// <remarks>Places of the last map.</remarks>
    public (Tensor Views, Tensor Regions) Regions(Tensor images)
    {
        using var scope = NewDisposeScope();
        var map = ScopedMaps(images)[^1];   // [N, F, h, w]

        return (map.mean([2, 3]).MoveToOuterDisposeScope(), map.flatten(2).transpose(1, 2).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> StemMaps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [.. StemMap.Of(bn1.call(conv1.call(images)).relu_(), _stem).Select(map => map.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public BackboneOutputs Outputs(Tensor images)
    {
        using var scope = NewDisposeScope();
        var stem = StemMap.Of(bn1.call(conv1.call(images)).relu_(), _stem);
        var maps = ScopedMaps(stem);

        return new BackboneOutputs(stem, maps, maps[^1].mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string? OwnName(string name) => name.StartsWith("fc.", StringComparison.Ordinal) ? null : name;   // the classifier, or a head of MoCo or SimSiam

    /// <inheritdoc/>
    /// <remarks>Neither library has the small networks, whose shortcuts have no parameters, nor layer normalisation over positions.</remarks>
    public IReadOnlyList<WeightLayout> Layouts => _isOfLibraries ? [Libraries.Same(Libraries.Torchvision), Libraries.Same(Libraries.Timm)] : [];

    /// <inheritdoc/>
    public bool MayBeMissing(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);   // files of PyTorch before 0.4.1

    /// <summary>What each stage gives: [N, C, H/4, W/4] to [N, 8 C, H/32, W/32] with the ImageNet stem, from the full side on with the small one.</summary>
    private List<Tensor> ScopedMaps(Tensor images) => ScopedMaps(StemMap.Of(bn1.call(conv1.call(images)).relu_(), _stem));

    private List<Tensor> ScopedMaps(IReadOnlyList<Tensor> stem)
    {
        var x = stem[^1];   // [N, C, H/4, W/4], H/2 with cifar-maxpool, the full side with cifar
        var maps = new List<Tensor>(_layers.Length);
        foreach (var layer in _layers)
        {
            maps.Add(x = layer.call(x));
        }

        return maps;
    }
}

/// <summary>The stages of a residual network.</summary>
/// <param name="StemChannels">Channels of the stem and the first stage at width 1; each further stage has twice as many.</param>
/// <param name="Blocks">Blocks of each stage.</param>
/// <param name="Bottleneck">Three-layer blocks with four times as wide outputs, instead of two-layer blocks.</param>
/// <param name="ProjectsShortcuts">Shortcuts where shapes change are 1x1 convolutions with a normalisation; otherwise they have no parameters.</param>
internal sealed record ResNetShape(int StemChannels, IReadOnlyList<int> Blocks, bool Bottleneck = false, bool ProjectsShortcuts = true)
{
    /// <summary>Channels of a block's output per inner channel.</summary>
    public int Expansion => Bottleneck ? Backbones.Bottleneck.Expansion : 1;
}
