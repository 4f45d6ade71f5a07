using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>Which loss of two in-batch views a method computes, and what that loss takes beside the temperature.</summary>
public abstract record SimCLRLossOptions
{
    /// <summary>What is computed from the two views: nt-xent is SimCLR; dcl and dclw are Yeh et al., ECCV 2022; debiased is Chuang et al., NeurIPS 2020.</summary>
    public SimCLRLoss Loss { get; init; } = SimCLRLoss.NTXent;

    /// <summary>For dclw only: divisor of the cosines in the weights of the positives, positive. Yeh et al.: 0.5.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Sigma { get; init; } = 0.5;

    /// <summary>For debiased only: tau+, the chance that a negative has the anchor's class, a fraction in [0, 1). Authors' code: 0.1.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double ClassPrior { get; init; } = 0.1;
}
