namespace Parallax.Plugins.Backbones;

/// <summary>A network of pre-activation blocks: a convolution, stages, a last normalisation, global average pooling. Names in the state dictionary are timm's.
/// Convolutions start from N(0, 2 / fan-out).</summary>
public abstract class PreActivationNetwork : Module<Tensor, Tensor>, ILayeredBackbone, ILayerIds, IOnnxModule
{
    private readonly Module<Tensor, Tensor> stem, norm;
    private readonly ModuleList<Sequential> stages;   // each of one child, blocks
    private readonly (Stem Stem, bool FinalRelu) _options;
    private readonly IReadOnlyList<int> _depths;

    /// <summary>Builds the network.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="depths">Blocks of each stage.</param>
    /// <param name="stemWidth">Channels behind the first convolution.</param>
    /// <param name="firstWidth">Channels of the first stage; every other has twice those before it.</param>
    /// <param name="blocks">Makes the blocks of a stage.</param>
    /// <param name="options">Stem, normalisation, last ReLU.</param>
    /// <param name="run">Gives the channels of the images.</param>
    private protected PreActivationNetwork(
        string name, IReadOnlyList<int> depths, long stemWidth, long firstWidth, Func<int, NormFactory, IEnumerable<Module<Tensor, Tensor>>> blocks,
        ResNetV2Options options, RunInfo run)
        : base(name)
    {
        var norms = new NormFactory(options.Norm, options.Splits, zeroLast: false);
        (_depths, _options) = (depths, (options.Stem, options.FinalRelu));
        stem = Sequential(("conv", StemMap.Convolution(run.Data.Channels, stemWidth, options.Stem)));
        stages = [.. Enumerable.Range(0, depths.Count).Select(stage => Sequential(("blocks", Sequential(blocks(stage, norms)))))];
        norm = norms.Create(firstWidth << (depths.Count - 1));
        Stages =
        [
            .. StemMap.StageStrides(options.Stem, depths.Count, options.LastStride)
                .Select((stride, stage) => new FeatureStage($"stages.{stage}", (int)(firstWidth << stage), stride)),
        ];
        StemStages = StemMap.Stages("stem.conv", "stem.pool", (int)stemWidth, options.Stem);
        RegisterComponents();
        foreach (var layer in modules().OfType<Conv2d>())
        {
            init.kaiming_normal_(layer.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
        }
    }

    /// <inheritdoc/>
    public int FeatureDim => Stages[^1].Channels;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    /// <remarks>The convolution has no activation of its own here: blocks begin with one.</remarks>
    public IReadOnlyList<FeatureStage> StemStages { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> LayerDims => [.. Stages.Select(stage => stage.Channels)];

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.ResNetV2(_depths);

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>], averaged over all positions.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Convolve(input)[^1].mean([2, 3]).MoveToOuterDisposeScope();   // [N, F]
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var x = graph.Write(stem, input);                                                        // [N, C, H/2, W/2]
        x = _options.Stem == Stem.Cifar ? x : graph.MaxPool(x, [3, 3], [2, 2], [1, 1]);          // [N, C, H/4, W/4]
        foreach (var (number, stage) in stages.Index())
        {
            x = graph.Write(stage, number == 0 ? x : Between(graph, x, number));
        }

        x = graph.Write(norm, x);

        return graph.Mean(_options.FinalRelu ? graph.Relu(x) : x, [2, 3]);                       // [N, F]
    }

    /// <summary>Averaged features after each stage; only those of the last are normalised.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>One of [N, <see cref="LayerDims"/>[i]] for each stage.</returns>
    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        using var scope = NewDisposeScope();

        return Convolve(images).ConvertAll(map => map.mean([2, 3]).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    /// <remarks>What the blocks give, as Kolesnikov et al. probe it; only the last map is normalised.</remarks>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return Convolve(images).ConvertAll(map => map.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> StemMaps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return [.. StemMap.Of(stem.call(images), _options.Stem).Select(map => map.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public BackboneOutputs Outputs(Tensor images)
    {
        using var scope = NewDisposeScope();
        var convolved = StemMap.Of(stem.call(images), _options.Stem);
        var maps = Convolve(convolved);

        return new BackboneOutputs(convolved, maps, maps[^1].mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <summary>What lies between two stages; nothing where the blocks themselves make maps smaller.</summary>
    /// <param name="x">Of the stage before, [N, C, H, W].</param>
    /// <param name="stage">The stage behind, from 1.</param>
    private protected virtual Tensor Between(Tensor x, int stage) => x;

    /// <inheritdoc cref="Between(Tensor, int)"/>
    private protected virtual OnnxValue Between(IOnnxGraph graph, OnnxValue x, int stage) => x;

    /// <summary>What each stage gives: [N, C, H/4, W/4] to [N, 8 C, H/32, W/32] with the ImageNet stem, from the full side on with the small one.</summary>
    private List<Tensor> Convolve(Tensor images) => Convolve(StemMap.Of(stem.call(images), _options.Stem));

    private List<Tensor> Convolve(IReadOnlyList<Tensor> ofStem)
    {
        var x = ofStem[^1];                                                                      // [N, C, H/4, W/4], larger with the small stems
        var maps = new List<Tensor>(_depths.Count);
        foreach (var stage in stages)
        {
            maps.Add(x = stage.call(maps.Count == 0 ? x : Between(x, maps.Count)));
        }

        maps[^1] = norm.call(x);
        maps[^1] = _options.FinalRelu ? maps[^1].relu_() : maps[^1];

        return maps;
    }
}
