namespace Parallax.Plugins.Backbones;

/// <summary>How a residual network spreads its convolutions over time and space.</summary>
internal enum ConvolutionForm
{
    /// <summary>Over both at once.</summary>
    Whole,

    /// <summary>(2+1)D with the channels between that torchvision has: one number for a block, from its first convolution; shortcuts are whole.</summary>
    FactoredByBlock,

    /// <summary>(2+1)D with the channels between that equation gives for each convolution, shortcuts included.</summary>
    FactoredEach,
}

/// <summary>The stages of a residual network for clips.</summary>
/// <param name="Depths">Blocks of each stage.</param>
/// <param name="Stem">Kernel of the first convolution.</param>
/// <param name="StemStride">Its stride.</param>
/// <param name="KernelTimes">For each stage the frames that each convolution of a block covers: two of a basic block, three of a bottleneck.</param>
internal sealed record VideoResNetShape(
    IReadOnlyList<int> Depths, Extent Stem, Extent StemStride, IReadOnlyList<IReadOnlyList<long>> KernelTimes)
{
    private const int BottleneckLayers = 3, BasicKernel = 3;

    /// <summary>Whether a 1x3x3 pooling of stride 1x2x2 follows the stem.</summary>
    public bool PoolsStem { get; init; }

    /// <summary>Whether the first blocks of the stages 2 to 4 halve the frames too.</summary>
    public bool StridesTime { get; init; }

    /// <summary>How convolutions are built.</summary>
    public ConvolutionForm Form { get; init; }

    /// <summary>Channels within a (2+1)D stem at width 1; 0 takes the equation's.</summary>
    public int StemMiddle { get; init; }

    /// <summary>Whether torchvision has this network.</summary>
    public bool IsTorchvisions { get; init; }

    /// <summary>Whether blocks have three layers, with four times as wide outputs.</summary>
    public bool IsBottleneck => KernelTimes[0].Count == BottleneckLayers;

    /// <summary>Channels of a block's output per inner channel.</summary>
    public int Expansion => IsBottleneck ? Bottleneck.Expansion : 1;

    /// <summary>Pixels per position of the first stage's map.</summary>
    public int FirstStride => (int)StemStride.Side * (PoolsStem ? 2 : 1);

    /// <summary>The convolution of a block that has the stride: the first of a basic block, the second of a bottleneck.</summary>
    public int StridedLayer => IsBottleneck ? 1 : 0;

    /// <summary>Kernel of a convolution of a block.</summary>
    /// <param name="stage">Number of the stage, from 0.</param>
    /// <param name="layer">Number of the convolution in the block, from 0.</param>
    public Extent Kernel(int stage, int layer) => new(KernelTimes[stage][layer], IsBottleneck && layer != StridedLayer ? 1 : BasicKernel);

    /// <summary>Stride of the first block of a stage.</summary>
    public Extent Stride(int stage) => stage == 0 ? new(1, 1) : new(StridesTime ? 2 : 1, 2);
}
