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
public sealed class RevNet50 : PreActivationNetwork, ILayeredBackbone   // a plugin names its contract itself
{
    private const int FirstInner = 32;   // half of a ResNet-50's 64
    private const int Halves = 2, Expansion = Bottleneck.Expansion * Halves;

    private static readonly int[] _depths = [3, 4, 6, 3];

    private readonly int _lastStride;

    /// <summary>Builds the network.</summary>
    /// <param name="options">Stem, normalisation, width.</param>
    /// <param name="run">Gives the channels of the images.</param>
    public RevNet50(ResNetV2Options options, RunInfo run)
        : base(
            nameof(RevNet50), _depths, Inner(options) * Expansion, Inner(options) * Expansion,
            (stage, norms) => Blocks(_depths[stage], Inner(options) << stage, norms), options, run) =>
        _lastStride = options.LastStride;

    /// <summary>Averages and widens both halves in the same way, so that the next stage splits them alike.</summary>
    private protected override Tensor Between(Tensor x, int stage)
    {
        var pooled = Pools(stage) ? F.avg_pool2d(x, [2, 2], [2, 2], ceil_mode: true) : x;                   // [N, C, H/2, W/2]
        var halves = pooled.chunk(Halves, 1);

        return cat([.. halves.Select(half => F.pad(half, [0, 0, 0, 0, 0, half.shape[1]]))], 1);            // [N, 2 C, H/2, W/2]
    }

    private protected override OnnxValue Between(IOnnxGraph graph, OnnxValue x, int stage)
    {
        var (c, h, w) = (x.Shape[1], (x.Shape[2] + 1) / 2, (x.Shape[3] + 1) / 2);
        var pooled = !Pools(stage) ? x
            : graph.Node("AveragePool", [x], [OnnxValue.Batch, c, h, w], new OnnxAttribute("kernel_shape") { Integers = [2, 2] },
                new OnnxAttribute("strides") { Integers = [2, 2] }, new OnnxAttribute("ceil_mode") { Integer = 1 });     // [N, C, H/2, W/2]
        OnnxValue[] halves = [graph.Slice(pooled, 1, 0, c / Halves), graph.Slice(pooled, 1, c / Halves, c)];

        return graph.Concatenate(1, [.. halves.Select(half => graph.Pad(half, 0, half.Shape[1], 0, 0))]);            // [N, 2 C, H/2, W/2]
    }

    private bool Pools(int stage) => stage < _depths.Length - 1 || _lastStride > 1;

    private static long Inner(ResNetV2Options options) => Math.Max(1, (long)Math.Round(FirstInner * options.Width));

    private static IEnumerable<ReversibleBlock> Blocks(int depth, long inner, NormFactory norms) =>
        Enumerable.Range(0, depth).Select(_ => new ReversibleBlock(inner * Expansion, inner, norms));
}
