using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Settings of ResNet-18 and -50 with pre-activation, section <c>backbone</c> of a recipe.</summary>
public sealed record ResNetV2Options : IRunRequirements
{
    /// <inheritdoc cref="ResNetOptions.Stem"/>
    public Stem Stem { get; init; } = Stem.Imagenet;

    /// <inheritdoc cref="ResNetOptions.Norm"/>
    public NormKind Norm { get; init; } = NormKind.Batch;

    /// <inheritdoc cref="ResNetOptions.Splits"/>
    [Range(1, 1024)]
    public int Splits { get; init; } = 8;

    /// <summary>Factor on the channels of every layer, in (0, 8]. Kolesnikov et al.: 1 to 4, a quarter of their widening factor k of 4, 8, 12, 16.</summary>
    [Range(0.0, 8.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;

    /// <inheritdoc cref="ResNetOptions.LastStride"/>
    [Range(1, 2)]
    public int LastStride { get; init; } = 2;

    /// <summary>Whether the last normalisation ends with a ReLU. He et al.: yes; Kolesnikov et al. leave it out in their variants (-).</summary>
    public bool FinalRelu { get; init; } = true;

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => NormFactory.Faults(Norm, Splits, run);
}
