using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Backbones;

/// <summary>Settings of ResNet-20, -32 and -56, section <c>backbone</c> of a recipe.</summary>
public sealed record SmallResNetOptions : IRunRequirements
{
    /// <summary>Normalisation: batch (over the whole batch), split (over equal groups of the batch; for MoCo on one device) or layer (over each image by
    /// itself; for CPC v2).</summary>
    public NormKind Norm { get; init; } = NormKind.Batch;

    /// <summary>Groups of the split normalisation; the batch size must be a multiple. MoCo's CIFAR demo: 8.</summary>
    [Range(1, 1024)]
    public int Splits { get; init; } = 8;

    /// <summary>Factor on the channels of every layer, in (0, 16]. 1 is the paper's network, with features of width 64.</summary>
    [Range(0.0, 16.0, MinimumIsExclusive = true)]
    public double Width { get; init; } = 1;

    /// <summary>The same as settings of the larger networks.</summary>
    internal ResNetOptions General => new() { Stem = Stem.Cifar, Norm = Norm, Splits = Splits, Width = Width };

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => NormFactory.Faults(Norm, Splits, run);
}
