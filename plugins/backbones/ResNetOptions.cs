using System.ComponentModel.DataAnnotations;
using Parallax.Contracts;

namespace Parallax.Plugins.Backbones;

/// <summary>Settings of ResNet-18, -34 and -50, section <c>backbone</c> of a recipe.</summary>
public sealed record ResNetOptions : IRunRequirements
{
    /// <summary>First layers: imagenet (7x7, stride 2, pooling), cifar (3x3, stride 1, no pooling) or cifar-maxpool (3x3, stride 1, pooling).</summary>
    public Stem Stem { get; init; } = Stem.Imagenet;

    /// <summary>Batch normalisation: batch (whole batch) or split (equal groups of the batch; for MoCo on one device).</summary>
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

    /// <inheritdoc/>
    public IEnumerable<string> Faults(RunInfo run) => NormFactory.Faults(Norm, Splits, run);
}
