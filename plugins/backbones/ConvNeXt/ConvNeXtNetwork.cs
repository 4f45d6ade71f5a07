using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Backbones;

/// <summary>ConvNeXt: convolutional blocks in four stages, global average pooling, a layer normalisation. Names in the state dictionary are the authors',
/// without <c>head</c>.</summary>
/// <remarks>
/// Liu et al., "A ConvNet for the 2020s", CVPR 2022, https://arxiv.org/abs/2201.03545; Woo et al., "ConvNeXt V2", CVPR 2023, https://arxiv.org/abs/2301.00808.
/// Convolutions and linear layers start from a normal distribution of deviation 0.02, cut off at 2, their biases from 0.
/// </remarks>
public abstract class ConvNeXtNetwork : Module<Tensor, Tensor>, ILayeredBackbone, IForeignWeights, IMaskedMapBackbone, ILayerIds, IOnnxModule
{
    private const double InitialStd = 0.02;

    private readonly ModuleList<Module<Tensor, Tensor>> downsample_layers;
    private readonly ModuleList<Sequential> stages;   // of ConvNeXtBlock
    private readonly Module<Tensor, Tensor> norm;
    private readonly int[] _depths;
    private readonly ConvNeXtVersion _version;
    private readonly bool _hasConvolutionalMlpInTimm;

    /// <summary>Builds and initialises the network.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="shape">Depths and widths of the stages.</param>
    /// <param name="version">Which block.</param>
    /// <param name="patchSize">Side of the stem's patches in pixels.</param>
    /// <param name="dropPath">Rate of the last block; it rises evenly from 0 in the first.</param>
    /// <param name="channels">Channels of the images.</param>
    private protected ConvNeXtNetwork(string name, ConvNeXtShape shape, ConvNeXtVersion version, int patchSize, double dropPath, int channels)
        : base(name)
    {
        (_depths, _version, _hasConvolutionalMlpInTimm) = (shape.Depths, version, shape.HasConvolutionalMlpInTimm);
        Stages = [.. shape.Widths.Select((width, stage) => new FeatureStage($"stages.{stage}", width, patchSize << stage))];
        var rates = new Queue<double>(StochasticDepth.Rates(dropPath, shape.Depths.Sum()));
        downsample_layers = [.. shape.Widths.Select((width, stage) => stage == 0
            ? Sequential(Conv2d(channels, width, patchSize, stride: patchSize), new ChannelNorm(width))
            : Sequential(new ChannelNorm(shape.Widths[stage - 1]), Conv2d(shape.Widths[stage - 1], width, 2, stride: 2)))];
        stages = [.. shape.Depths.Zip(shape.Widths, (depth, width) =>
            Sequential(Enumerable.Range(0, depth).Select(_ => new ConvNeXtBlock(width, version, rates.Dequeue()))))];
        norm = LayerNorm(shape.Widths[^1], eps: ChannelNorm.Epsilon);
        RegisterComponents();
        foreach (var (key, parameter) in named_parameters())
        {
            if (key.EndsWith(".weight", StringComparison.Ordinal) && parameter.dim() > 1)
            {
                TruncatedNormal.Fill(parameter, InitialStd);
            }
            else if (key.EndsWith(".bias", StringComparison.Ordinal))
            {
                init.zeros_(parameter);
            }
        }
    }

    /// <inheritdoc/>
    public int FeatureDim => Stages[^1].Channels;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> PoolingParameters => [.. norm.parameters()];

    /// <inheritdoc/>
    public IReadOnlyList<int> LayerDims => [.. Stages.Select(stage => stage.Channels)];

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.ConvNeXt(_depths, grouping);

    /// <inheritdoc/>
    public bool IsDecayed(ParameterInfo parameter) => LayerRules.ConvNeXtDecays(parameter);

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, H, W], sides at least that of a patch times 8.</param>
    /// <returns>[N, <see cref="FeatureDim"/>]: the mean over all positions, normalised.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return norm.call(Convolve(input)[^1].mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input)
    {
        var x = downsample_layers.Zip(stages).Aggregate(input, (map, stage) => graph.Write(stage.Second, graph.Write(stage.First, map)));

        return graph.Write(norm, graph.Mean(x, [2, 3]));   // [N, F]
    }

    /// <summary>Features after each stage; only those of the last stage are normalised.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>One of [N, <see cref="LayerDims"/>[i]] for each stage.</returns>
    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        using var scope = NewDisposeScope();
        var pooled = Convolve(images).ConvertAll(map => map.mean([2, 3]));
        pooled[^1] = norm.call(pooled[^1]);

        return pooled.ConvertAll(features => features.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    /// <remarks>Before pooling and normalisation, as <see cref="EncodeVisible"/>.</remarks>
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

        return new BackboneOutputs([], maps, norm.call(maps[^1].mean([2, 3]))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public string? OwnName(string name) => ConvNeXtNames.Own(name);

    /// <inheritdoc/>
    /// <remarks>torchvision has the first version only.</remarks>
    public IReadOnlyList<WeightLayout> Layouts =>
        [.. _version == ConvNeXtVersion.V1 ? new[] { ConvNeXtNames.Torchvision } : [], ConvNeXtNames.Timm(_hasConvolutionalMlpInTimm)];

    /// <inheritdoc/>
    /// <remarks>FCMAE's encoder ends with the last stage.</remarks>
    public bool MayBeMissing(string name) => _version == ConvNeXtVersion.V2 && name.StartsWith("norm.", StringComparison.Ordinal);

    /// <inheritdoc/>
    /// <remarks>Kernels of FCMAE's sparse encoder: [k², outputs] or [k², inputs, outputs], places column by column.</remarks>
    public Tensor? Resized(string name, Tensor value)
    {
        if (get_parameter(name) is not { } own || own.dim() != 4)
        {
            return null;
        }

        var (outputs, inputs, side) = (own.shape[0], own.shape[1], own.shape[2]);
        long[] sparse = value.dim() == 2 ? [side * side, outputs] : [side * side, inputs, outputs];

        return value.shape.SequenceEqual(sparse) && value.numel() == own.numel() ? value.reshape(side, side, inputs, outputs).permute(3, 2, 1, 0) : null;
    }

    /// <inheritdoc/>
    /// <remarks>Only the depthwise convolutions see whole maps, with zeros where nothing is visible; all else is computed at visible sites. Patches and
    /// downsampling never join two cells, whose sides are their multiples.</remarks>
    public Tensor EncodeVisible(Tensor images, Tensor visible)
    {
        var cell = Stages[^1].Stride;
        if (images.shape[2] % cell != 0 || images.shape[3] % cell != 0)
        {
            throw new ArgumentException($"The images have {images.shape[2]} x {images.shape[3]} pixels; expected multiples of {cell}, the side of a cell.",
                nameof(images));
        }

        using var scope = NewDisposeScope();
        var grid = new VisibleCells(visible, images.shape[2] / cell, images.shape[3] / cell);
        var cells = grid.Take(images);                                        // [N K, C, cell, cell]
        foreach (var (downsample, stage) in downsample_layers.Zip(stages))
        {
            cells = downsample.call(cells);                                   // [N K, C_stage, s, s], s = cell / stride
            cells = stage.children().Cast<ConvNeXtBlock>().Aggregate(cells, (x, block) => block.OnVisible(x, grid));
        }

        return grid.Place(cells).MoveToOuterDisposeScope();                   // [N, F, h, w]
    }

    private List<Tensor> Convolve(Tensor x)
    {
        var maps = new List<Tensor>(stages.Count);
        foreach (var (downsample, stage) in downsample_layers.Zip(stages))
        {
            maps.Add(x = stage.call(downsample.call(x)));   // [N, C_stage, H / stride, W / stride]
        }

        return maps;
    }
}

/// <summary>Stages of a ConvNeXt.</summary>
/// <param name="Depths">Blocks of each stage.</param>
/// <param name="Widths">Channels of each stage.</param>
internal sealed record ConvNeXtShape(int[] Depths, int[] Widths)
{
    /// <summary>Whether timm's network of this size has convolutions in place of the linear layers of a block.</summary>
    public bool HasConvolutionalMlpInTimm { get; init; }

    /// <summary>Four stages, each of twice the channels of the one before.</summary>
    public static ConvNeXtShape Doubling(int width, params int[] depths) => new(depths, [.. depths.Select((_, stage) => width << stage)]);
}
