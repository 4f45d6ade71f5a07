namespace Parallax.Plugins.Backbones;

/// <summary>Residual networks with pre-activation: a convolution, four stages, a last normalisation, global average pooling. Names in the state dictionary are
/// timm's, without <c>head</c>.</summary>
/// <remarks>
/// He et al., "Identity Mappings in Deep Residual Networks", ECCV 2016, https://arxiv.org/abs/1603.05027; widths as in Kolesnikov, Zhai, Beyer, "Revisiting
/// Self-Supervised Visual Representation Learning", CVPR 2019, https://arxiv.org/abs/1901.09005. Convolutions start from N(0, 2 / fan-out).
/// </remarks>
public abstract class ResNetV2 : Module<Tensor, Tensor>, ILayeredBackbone, IForeignWeights, ILayerIds
{
    private const int StemChannels = 64;

    private readonly Module<Tensor, Tensor> stem, norm;
    private readonly ModuleList<Sequential> stages;   // each of one child, blocks
    private readonly (Stem Stem, bool FinalRelu) _options;
    private readonly IReadOnlyList<int> _depths;

    /// <summary>Builds the network.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="depths">Blocks of each stage.</param>
    /// <param name="isBottleneck">Blocks of three convolutions with four times as wide outputs, instead of two.</param>
    /// <param name="options">Stem, normalisation, width.</param>
    /// <param name="run">Gives the channels of the images.</param>
    private protected ResNetV2(string name, IReadOnlyList<int> depths, bool isBottleneck, ResNetV2Options options, RunInfo run)
        : base(name)
    {
        var norms = new NormFactory(options.Norm, options.Splits, zeroLast: false);
        var (width, expansion) = (Math.Max(1, (long)Math.Round(StemChannels * options.Width)), isBottleneck ? Bottleneck.Expansion : 1);
        var inputs = width;
        (_depths, _options) = (depths, (options.Stem, options.FinalRelu));
        var convolution = _options.Stem == Stem.Imagenet
            ? Conv2d(run.Data.Channels, width, 7, stride: 2, padding: 3, bias: false)
            : Conv2d(run.Data.Channels, width, 3, padding: 1, bias: false);
        stem = Sequential(("conv", convolution));
        stages = [.. depths.Select((depth, stage) => Sequential(("blocks", Stage(depth, stage))))];
        norm = norms.Create(inputs);
        var firstStride = options.Stem switch { Stem.Imagenet => 4, Stem.CifarMaxpool => 2, _ => 1 };
        Stages = [.. depths.Select((_, stage) => new FeatureStage($"stages.{stage}", (int)(width << stage) * expansion, firstStride << stage))];
        RegisterComponents();
        foreach (var layer in modules().OfType<Conv2d>())
        {
            init.kaiming_normal_(layer.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
        }

        Sequential Stage(int depth, int stage)
        {
            var (blocks, inner) = (new List<Module<Tensor, Tensor>>(), width << stage);
            for (var block = 0; block < depth; block++)
            {
                blocks.Add(new PreActivationBlock(inputs, inner, inner * expansion, block == 0 && stage > 0 ? 2 : 1, isBottleneck, norms));
                inputs = inner * expansion;
            }

            return Sequential(blocks);
        }
    }

    /// <inheritdoc/>
    public int FeatureDim => Stages[^1].Channels;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages { get; }

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

    /// <summary>Averaged features after each stage; only those of the last are normalised.</summary>
    /// <param name="images">[N, C, H, W].</param>
    /// <returns>One of [N, <see cref="LayerDims"/>[i]] for each stage.</returns>
    public IReadOnlyList<Tensor> Layers(Tensor images)
    {
        using var scope = NewDisposeScope();

        return Convolve(images).ConvertAll(map => map.mean([2, 3]).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    /// <remarks>Sums of blocks, as Kolesnikov et al. probe them, but for the last, which is normalised.</remarks>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return Convolve(images).ConvertAll(map => map.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public string? OwnName(string name) => name.StartsWith("head.", StringComparison.Ordinal) ? null : name;

    /// <inheritdoc/>
    public bool MayBeMissing(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);   // files of PyTorch before 0.4.1

    /// <summary>What each stage gives: [N, C, H/4, W/4] to [N, 8 C, H/32, W/32] with the ImageNet stem, from the full side on with the small one.</summary>
    private List<Tensor> Convolve(Tensor images)
    {
        var x = stem.call(images);                                                               // [N, C, H/2, W/2], or the full side with the small stems
        x = _options.Stem == Stem.Cifar ? x : F.max_pool2d(x, 3, stride: 2, padding: 1);         // [N, C, H/4, W/4], or H/2 with cifar-maxpool
        var maps = new List<Tensor>(_depths.Count);
        foreach (var stage in stages)
        {
            maps.Add(x = stage.call(x));
        }

        maps[^1] = norm.call(x);
        maps[^1] = _options.FinalRelu ? maps[^1].relu_() : maps[^1];

        return maps;
    }
}
