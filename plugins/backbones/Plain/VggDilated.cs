using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Settings of the dilated VGG of colorization, section <c>backbone</c> of a recipe.</summary>
public sealed record VggDilatedOptions
{
    /// <summary>Factor on the channels of every convolution, in (0, 8]. 1 is the paper's network.</summary>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;
}

/// <summary>The main network of colorization: seven blocks of 3x3 convolutions, of which three end with a stride of 2 and two are dilated; there is no pooling.
/// Modules are <c>conv1.0</c> (convolution), <c>conv1.1</c> (ReLU), ..., a normalisation last.</summary>
/// <remarks>
/// Zhang et al., "Colorful Image Colorization", ECCV 2016, https://arxiv.org/abs/1603.08511, and its code: 64, 128, 256 and four times 512 channels, two
/// convolutions in the first two blocks and three in the others, each with a ReLU; the fifth and sixth block see every second position; batch normalisation
/// behind each block. The eighth block, which makes colours of the last map, belongs to the method's decoder. From memory of the code: strides are those of
/// the last convolution of the first three blocks. Ours: convolutions start from N(0, 2 / fan-out), biases from 0.
/// </remarks>
[Plugin("vgg-dilated", Options = typeof(VggDilatedOptions), Family = "plain", Summary = "The dilated VGG of colorization: 7 blocks, 512 features.",
    Paper = "Colorful Image Colorization", Authors = "Zhang, Isola, Efros", Venue = "ECCV", Year = 2016, ArXiv = "1603.08511")]
public sealed class VggDilated : Module<Tensor, Tensor>, IBackbone, ILayerIds, IOnnxModule
{
    private static readonly (int Channels, int Depth, int Stride, int Dilation)[] _layout =
        [(64, 2, 2, 1), (128, 2, 2, 1), (256, 3, 2, 1), (512, 3, 1, 1), (512, 3, 1, 2), (512, 3, 1, 2), (512, 3, 1, 1)];

    private readonly Sequential[] _blocks;

    /// <summary>Builds and initialises the network.</summary>
    /// <param name="options">Width.</param>
    /// <param name="run">Gives the channels of the images.</param>
    public VggDilated(VggDilatedOptions options, RunInfo run)
        : base(nameof(VggDilated))
    {
        _blocks = new Sequential[_layout.Length];
        var (inputs, stride, stages) = ((long)run.Data.Channels, 1, new List<FeatureStage>());
        foreach (var (place, (channels, depth, step, dilation)) in _layout.Index())
        {
            var width = Math.Max(1, (long)Math.Round(channels * options.Width));
            _blocks[place] = Block(inputs, width, depth, step, dilation);
            stages.Add(new($"conv{place + 1}", (int)width, stride *= step));
            register_module(stages[^1].Name, _blocks[place]);
            inputs = width;
        }

        Stages = stages;
    }

    /// <inheritdoc/>
    public int FeatureDim => Stages[^1].Channels;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.Plain([.. Stages.Select(stage => new[] { stage.Name })]);

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>], averaged over all positions of the last map.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Maps(input)[^1].mean([2, 3]).MoveToOuterDisposeScope();   // [N, 512]
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input) =>
        graph.Mean(_blocks.Aggregate(input, (map, block) => graph.Write(block, map)), [2, 3]);   // [N, 512]

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (x, maps) = (images, new List<Tensor>(_blocks.Length));
        foreach (var block in _blocks)
        {
            maps.Add(x = block.call(x));   // [N, 64, H/2, W/2], [N, 128, H/4, W/4], then [N, 256, H/8, W/8] and four of 512 channels
        }

        return maps.ConvertAll(map => map.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public BackboneOutputs Outputs(Tensor images)
    {
        using var scope = NewDisposeScope();
        var maps = Maps(images);

        return new BackboneOutputs([], maps, maps[^1].mean([2, 3])).MoveToOuterDisposeScope();
    }

    private static Sequential Block(long inputs, long width, int depth, int stride, int dilation)
    {
        var layers = new List<Module<Tensor, Tensor>>();
        for (var i = 0; i < depth; i++)
        {
            var convolution = Conv2d(i == 0 ? inputs : width, width, 3, stride: i == depth - 1 ? stride : 1, padding: dilation, dilation: dilation);
            init.kaiming_normal_(convolution.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
            init.zeros_(convolution.bias!);
            layers.AddRange([convolution, ReLU(inplace: true)]);
        }

        return Sequential([.. layers, BatchNorm2d(width)]);
    }
}
