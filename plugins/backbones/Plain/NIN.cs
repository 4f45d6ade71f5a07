using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Settings of the network in network, section <c>backbone</c> of a recipe.</summary>
public sealed record NINOptions
{
    /// <summary>Blocks of three convolutions. RotNet: 3 to 5, in its tables mostly 4.</summary>
    [Range(2, 8)]
    public int Blocks { get; init; } = 4;

    /// <summary>Factor on the channels of every convolution, in (0, 8]. 1 is RotNet's network.</summary>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;
}

/// <summary>Network in network for images of about 32 pixels: blocks of a convolution and two of 1x1, each with batch normalisation. Modules are
/// <c>block1.0</c> (convolution), <c>block1.1</c> (normalisation), ...</summary>
/// <remarks>
/// Lin, Chen, Yan, "Network In Network", ICLR 2014, https://arxiv.org/abs/1312.4400, in the form of RotNet (Gidaris, Singh, Komodakis, ICLR 2018,
/// https://arxiv.org/abs/1803.07728) and its code: the first two blocks begin with 5x5 and end with a pooling that halves the side, which is part of their map;
/// the others begin with 3x3. Convolutions have no bias and start from N(0, 2 / fan-out).
/// </remarks>
[Plugin("nin", Options = typeof(NINOptions), Summary = "Network in network of 3 to 5 blocks for images of about 32 pixels, 192 features.", Family = "plain",
    Paper = "Network In Network", Authors = "Lin, Chen, Yan", Venue = "ICLR", Year = 2014, ArXiv = "1312.4400")]
public sealed class NIN : Module<Tensor, Tensor>, IBackbone, ILayerIds, IOnnxModule
{
    private readonly Sequential[] _blocks;

    /// <summary>Builds and initialises the network.</summary>
    /// <param name="options">Blocks, width.</param>
    /// <param name="run">Gives the channels of the images.</param>
    public NIN(NINOptions options, RunInfo run)
        : base(nameof(NIN))
    {
        long[] first = [Scaled(192), Scaled(160), Scaled(96)], later = [Scaled(192), Scaled(192), Scaled(192)];
        _blocks =
        [
            Block(5, MaxPool2d(3, stride: 2, padding: 1), [run.Data.Channels, .. first]),
            Block(5, AvgPool2d(3, stride: 2, padding: 1), [first[^1], .. later]),
            .. Enumerable.Range(2, options.Blocks - 2).Select(_ => Block(3, null, [later[^1], .. later])),
        ];
        Stages = [.. _blocks.Select((_, i) => new FeatureStage($"block{i + 1}", (int)(i == 0 ? first : later)[^1], i == 0 ? 2 : 4))];
        foreach (var (stage, block) in Stages.Zip(_blocks))
        {
            register_module(stage.Name, block);
        }

        long Scaled(int channels) => Math.Max(1, (long)Math.Round(channels * options.Width));
    }

    /// <inheritdoc/>
    public int FeatureDim => Stages[^1].Channels;

    /// <inheritdoc/>
    public IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.Plain([.. Stages.Select(stage => new[] { stage.Name })]);

    /// <summary>Features of images.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <returns>[N, <see cref="FeatureDim"/>], averaged over all positions; not negative, because the last layer is a ReLU.</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();

        return Maps(input)[^1].mean([2, 3]).MoveToOuterDisposeScope();   // [N, 192]
    }

    /// <inheritdoc/>
    public OnnxValue WriteOnnx(IOnnxGraph graph, OnnxValue input) =>
        graph.Mean(_blocks.Aggregate(input, (map, block) => graph.Write(block, map)), [2, 3]);   // [N, 192]

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Maps(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (x, maps) = (images, new List<Tensor>(_blocks.Length));
        foreach (var block in _blocks)
        {
            maps.Add(x = block.call(x));   // [N, 96, H/2, W/2], then [N, 192, H/4, W/4]
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

    private static Sequential Block(long kernel, Module<Tensor, Tensor>? pooling, long[] channels)
    {
        var layers = new List<Module<Tensor, Tensor>>();
        foreach (var (place, (inputs, outputs)) in channels.Zip(channels.Skip(1)).Index())
        {
            var convolution = place == 0 ? Conv2d(inputs, outputs, kernel, padding: kernel / 2, bias: false) : Conv2d(inputs, outputs, 1, bias: false);
            init.kaiming_normal_(convolution.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
            layers.AddRange([convolution, BatchNorm2d(outputs), ReLU(inplace: true)]);
        }

        return Sequential(pooling is null ? layers : [.. layers, pooling]);
    }
}
