namespace Parallax.Plugins.Backbones;

/// <summary>Residual networks with pre-activation: a convolution, four stages, a last normalisation, global average pooling. Names in the state dictionary are
/// timm's, without <c>head</c>.</summary>
/// <remarks>
/// He et al., "Identity Mappings in Deep Residual Networks", ECCV 2016, https://arxiv.org/abs/1603.05027; widths as in Kolesnikov, Zhai, Beyer, "Revisiting
/// Self-Supervised Visual Representation Learning", CVPR 2019, https://arxiv.org/abs/1901.09005. Convolutions start from N(0, 2 / fan-out).
/// </remarks>
public abstract class ResNetV2 : PreActivationNetwork, IForeignWeights
{
    private const int StemChannels = 64;

    private readonly bool _isTimms;

    /// <summary>Builds the network.</summary>
    /// <param name="name">Name of the module.</param>
    /// <param name="depths">Blocks of each stage.</param>
    /// <param name="isBottleneck">Blocks of three convolutions with four times as wide outputs, instead of two.</param>
    /// <param name="options">Stem, normalisation, width.</param>
    /// <param name="run">Gives the channels of the images.</param>
    private protected ResNetV2(string name, IReadOnlyList<int> depths, bool isBottleneck, ResNetV2Options options, RunInfo run)
        : base(
            name, depths, Width(options), Width(options) * Expansion(isBottleneck),
            (stage, norms) => Blocks(depths[stage], stage, Stride(stage, depths.Count, options), Width(options), isBottleneck, norms), options, run) =>
        _isTimms = options is { FinalRelu: true, LastStride: 2, Norm: not NormKind.Layer };

    /// <inheritdoc/>
    public string? OwnName(string name) => name.StartsWith("head.", StringComparison.Ordinal) ? null : name;

    /// <inheritdoc/>
    /// <remarks>timm's end with a ReLU and have no layer normalisation over positions.</remarks>
    public IReadOnlyList<WeightLayout> Layouts => _isTimms ? [Libraries.Same(Libraries.Timm)] : [];

    /// <inheritdoc/>
    public bool MayBeMissing(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);   // files of PyTorch before 0.4.1

    private static long Width(ResNetV2Options options) => Math.Max(1, (long)Math.Round(StemChannels * options.Width));

    private static int Expansion(bool isBottleneck) => isBottleneck ? Bottleneck.Expansion : 1;

    private static int Stride(int stage, int stages, ResNetV2Options options) => stage == 0 ? 1 : stage == stages - 1 ? options.LastStride : 2;

    private static IEnumerable<PreActivationBlock> Blocks(int depth, int stage, int stride, long width, bool isBottleneck, NormFactory norms)
    {
        var (inner, outputs) = (width << stage, (width << stage) * Expansion(isBottleneck));
        var inputs = stage == 0 ? width : outputs / 2;
        for (var block = 0; block < depth; block++)
        {
            yield return new PreActivationBlock(inputs, inner, outputs, block == 0 ? stride : 1, isBottleneck, norms);
            inputs = outputs;
        }
    }
}
