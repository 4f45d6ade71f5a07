namespace Parallax.Plugins.Backbones;

/// <summary>RevNet-50: sixteen reversible blocks of two three-layer branches; 2048 features at width 1.</summary>
/// <remarks>
/// Gomez et al., "The Reversible Residual Network", NeurIPS 2017, https://arxiv.org/abs/1707.04585, in the form of Kolesnikov, Zhai, Beyer, CVPR 2019,
/// https://arxiv.org/abs/1901.09005: the stem is as wide as the first stage; between stages each half is averaged over 2x2 positions and filled up with zeros
/// to twice its channels; pre-activation, with a last normalisation. Ours, because it is not printed: each branch is a bottleneck of half a ResNet-50's inner
/// width. Activations are kept, not computed anew from the output: the blocks save no memory here. Convolutions start from N(0, 2 / fan-out).
/// </remarks>
[Plugin("revnet50", Options = typeof(ResNetV2Options), Summary = "Reversible residual network of 50 layers, 2048 features.", Family = "resnet",
    Paper = "The Reversible Residual Network: Backpropagation Without Storing Activations", Authors = "Gomez, Ren, Urtasun, Grosse", Venue = "NeurIPS",
    Year = 2017, ArXiv = "1707.04585")]
public sealed class RevNet50 : Module<Tensor, Tensor>, ILayeredBackbone, ILayerIds
{
    private const int FirstInner = 32;   // half of a ResNet-50's 64
    private const int HalfExpansion = Bottleneck.Expansion, Halves = 2;

    private static readonly int[] _depths = [3, 4, 6, 3];

    private readonly Module<Tensor, Tensor> stem, norm;
    private readonly ModuleList<Sequential> stages;   // each of one child, blocks
    private readonly (Stem Stem, bool FinalRelu) _options;

    /// <summary>Builds the network.</summary>
    /// <param name="options">Stem, normalisation, width.</param>
    /// <param name="run">Gives the channels of the images.</param>
    public RevNet50(ResNetV2Options options, RunInfo run)
        : base(nameof(RevNet50))
    {
        var norms = new NormFactory(options.Norm, options.Splits, zeroLast: false);
        var inner = Math.Max(1, (long)Math.Round(FirstInner * options.Width));
        var width = inner * HalfExpansion * Halves;
        _options = (options.Stem, options.FinalRelu);
        stem = Sequential(("conv", options.Stem == Stem.Imagenet
            ? Conv2d(run.Data.Channels, width, 7, stride: 2, padding: 3, bias: false)
            : Conv2d(run.Data.Channels, width, 3, padding: 1, bias: false)));
        stages = [.. _depths.Select((depth, stage) => Sequential(("blocks", Sequential(
            Enumerable.Range(0, depth).Select(_ => (Module<Tensor, Tensor>)new ReversibleBlock(width << stage, inner << stage, norms))))))];
        norm = norms.Create(width << (_depths.Length - 1));
        var firstStride = options.Stem switch { Stem.Imagenet => 4, Stem.CifarMaxpool => 2, _ => 1 };
        Stages = [.. _depths.Select((_, stage) => new FeatureStage($"stages.{stage}", (int)(width << stage), firstStride << stage))];
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
    /// <remarks>Only the last map is normalised.</remarks>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();

        return Convolve(images).ConvertAll(map => map.MoveToOuterDisposeScope());
    }

    // The same for both halves, so that the next stage splits them alike.
    private static Tensor Halved(Tensor x)
    {
        var pooled = F.avg_pool2d(x, [2, 2], [2, 2], ceil_mode: true);                                      // [N, C, H/2, W/2]
        var halves = pooled.chunk(Halves, 1);

        return cat([.. halves.Select(half => F.pad(half, [0, 0, 0, 0, 0, half.shape[1]]))], 1);            // [N, 2 C, H/2, W/2]
    }

    private List<Tensor> Convolve(Tensor images)
    {
        var x = stem.call(images);                                                               // [N, C, H/2, W/2], or the full side with the small stems
        x = _options.Stem == Stem.Cifar ? x : F.max_pool2d(x, 3, stride: 2, padding: 1);         // [N, C, H/4, W/4], or H/2 with cifar-maxpool
        var maps = new List<Tensor>(_depths.Length);
        foreach (var stage in stages)
        {
            maps.Add(x = stage.call(maps.Count == 0 ? x : Halved(x)));
        }

        maps[^1] = norm.call(x);
        maps[^1] = _options.FinalRelu ? maps[^1].relu_() : maps[^1];

        return maps;
    }
}
