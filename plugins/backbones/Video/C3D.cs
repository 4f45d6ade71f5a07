namespace Parallax.Plugins.Backbones;

/// <summary>C3D: eight 3x3x3 convolutions with batch normalisation; 512 features at width 1. Modules are <c>block1.0</c> (convolution), <c>block1.1</c>
/// (normalisation), <c>block3.3</c> (the second convolution of a block), ...</summary>
/// <remarks>
/// Tran et al., "Learning Spatiotemporal Features with 3D Convolutional Networks", ICCV 2015, https://arxiv.org/abs/1412.0767, in the form of CSTP's code:
/// batch normalisation behind every convolution, which keeps its bias, and the mean of the last map instead of fully connected layers. Ours: the names, and
/// that convolutions start from N(0, 2 / fan-out), biases from 0.
/// </remarks>
[Plugin("c3d", Options = typeof(C3DOptions), Summary = "Eight 3D convolutions with batch normalisation, 512 features.", Family = "video",
    Paper = "Learning Spatiotemporal Features with 3D Convolutional Networks", Authors = "Tran et al.", Venue = "ICCV", Year = 2015, ArXiv = "1412.0767")]
public sealed class C3D : ClipNetwork, ILayerIds
{
    private const int SmallestSide = 16, FewestFrames = 8;

    private static readonly int[][] _widths = [[64], [128], [256, 256], [512, 512], [512, 512]];

    private readonly Sequential[] _blocks;

    /// <summary>Builds and initialises the network.</summary>
    /// <param name="options">Width.</param>
    /// <param name="run">Gives the channels of the clips.</param>
    public C3D(C3DOptions options, RunInfo run)
        : base(nameof(C3D))
    {
        long inputs = run.Data.Channels;
        _blocks = [.. _widths.Select(Block)];
        Stages = [.. _widths.Select((widths, block) => new FeatureStage($"block{block + 1}", (int)Scaled(widths[^1]), 1 << block))];
        foreach (var (stage, block) in Stages.Zip(_blocks))
        {
            register_module(stage.Name, block);
        }

        Sequential Block(int[] widths)
        {
            var layers = new List<Module<Tensor, Tensor>>();
            foreach (var outputs in widths.Select(Scaled))
            {
                var convolution = Conv3d(inputs, outputs, 3, padding: 1);
                init.kaiming_normal_(convolution.weight, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
                init.zeros_(convolution.bias!);
                layers.AddRange([convolution, BatchNorm3d(outputs), ReLU(inplace: true)]);
                inputs = outputs;
            }

            return Sequential(layers);
        }

        long Scaled(int width) => Math.Max(1, (long)Math.Round(width * options.Width));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FeatureStage> Stages { get; }

    /// <inheritdoc/>
    public LayerIds NumberLayers(LayerGrouping grouping) => LayerRules.Plain([.. Stages.Select(stage => new[] { stage.Name })]);

    private protected override OnnxValue LastMap(IOnnxGraph graph, OnnxValue clips)
    {
        var x = clips;
        foreach (var (number, block) in _blocks.Index())
        {
            long[] window = [number == 1 ? 1 : 2, 2, 2];   // the first pooling keeps the frames
            x = graph.Write(block, number == 0 ? x : graph.MaxPool(x, window, window, [0, 0, 0]));
        }

        return x;
    }

    private protected override List<Tensor> ScopedMaps(Tensor clips)
    {
        Clips.Require(clips, GetName(), FewestFrames, SmallestSide);
        var (x, maps) = (clips, new List<Tensor>(_blocks.Length));
        foreach (var (number, block) in _blocks.Index())
        {
            long step = number == 1 ? 1 : 2;   // the first pooling keeps the frames
            x = block.call(number == 0 ? x : F.max_pool3d(x, [step, 2, 2], [step, 2, 2]));
            maps.Add(x);   // [N, 64, T, H, W], [N, 128, T, H/2, W/2], [N, 256, T/2, H/4, W/4], [N, 512, T/4, ...], [N, 512, T/8, H/16, W/16]
        }

        return maps;
    }
}
