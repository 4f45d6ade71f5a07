using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>The first layers of a ResNet, before its first stage.</summary>
public enum Stem
{
    /// <summary>7x7 convolution with stride 2 and max-pooling: for images of about 224 pixels. The first stage sees a quarter of the side.</summary>
    Imagenet,

    /// <summary>3x3 convolution with stride 1, no pooling: for images of about 32 pixels. The first stage sees the full side.</summary>
    Cifar,

    /// <summary>3x3 convolution with stride 1 and max-pooling: for images of about 64 to 96 pixels. The first stage sees half the side.</summary>
    CifarMaxpool,

    /// <summary>7x7 convolution with stride 1 and max-pooling: for tiles of about 64 pixels that are cut from large images. The first stage sees half the
    /// side.</summary>
    ImagenetStride1,
}

/// <summary>Settings of ResNet-18, -34 and -50, section <c>backbone</c> of a recipe.</summary>
public sealed record ResNetOptions : IRunRequirements
{
    /// <summary>First layers: imagenet (7x7, stride 2, pooling), cifar (3x3, stride 1, no pooling), cifar-maxpool (3x3, stride 1, pooling) or
    /// imagenet-stride1 (7x7, stride 1, pooling; Kolesnikov et al. for tiles).</summary>
    public Stem Stem { get; init; } = Stem.Imagenet;

    /// <summary>Normalisation: batch (over the whole batch), split (over equal groups of the batch; for MoCo on one device) or layer (over each image by
    /// itself; for CPC v2).</summary>
    public NormKind Norm { get; init; } = NormKind.Batch;

    /// <summary>Groups of the split normalisation; the batch size must be a multiple. MoCo's CIFAR demo: 8.</summary>
    [Range(1, 1024)]
    public int Splits { get; init; } = 8;

    /// <summary>Factor on the channels of every layer, in (0, 8]. 1 is the paper's network; 2 and 4 are the wide ones of SimCLR.</summary>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;

    /// <summary>Whether the last normalisation of each block starts at 0, so that blocks start as identities. Goyal et al., 2017; off in torchvision and in
    /// MoCo.</summary>
    public bool ZeroInitResidual { get; init; }

    /// <summary>Stride of the last stage. He et al.: 2; Kolesnikov et al. for tiles of 64 pixels: 1.</summary>
    [Range(1, 2)]
    public int LastStride { get; init; } = 2;

    /// <summary>Whether the last block ends with a ReLU. He et al.: yes; Kolesnikov et al. leave it out in their variants (-).</summary>
    public bool FinalRelu { get; init; } = true;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => NormFactory.Faults(Norm, Splits, run);
}
