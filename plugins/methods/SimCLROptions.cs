using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SimCLR, section <c>method</c> of a recipe.</summary>
public sealed record SimCLROptions
{
    /// <summary>Divisor of the cosines, positive. Paper, table 5: 0.1 on ImageNet; appendix B.9: 0.5 on CIFAR-10.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Width D of the projections. Paper, section 4.2: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Width of the head's hidden layers; 0 takes the backbone's feature width, as the paper.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <summary>Linear layers of the head. Paper (v1): 2; the authors' code for v2: 3.</summary>
    [Range(1, 8)]
    public int HeadLayers { get; init; } = 2;

    /// <summary>Of any loss: mean-over-anchors as in the paper, or sum-of-view-means (exactly twice that) as in the authors' code.</summary>
    public NtXentReduction Reduction { get; init; } = NtXentReduction.MeanOverAnchors;

    /// <summary>What is computed from the two views: nt-xent is SimCLR; dcl and dclw are Yeh et al., ECCV 2022; debiased is Chuang et al., NeurIPS 2020.</summary>
    public SimClrLoss Loss { get; init; } = SimClrLoss.NtXent;

    /// <summary>For dclw only: divisor of the cosines in the weights of the positives, positive. Yeh et al.: 0.5.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Sigma { get; init; } = 0.5;

    /// <summary>For debiased only: tau+, the chance that a negative has the anchor's class, a fraction in [0, 1). Authors' code: 0.1.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double ClassPrior { get; init; } = 0.1;
}
