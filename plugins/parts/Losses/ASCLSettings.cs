using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>What ASCL takes on MoCo and on BYOL.</summary>
public abstract record ASCLSettings
{
    /// <summary>Divisor of the cosines between teacher and neighbours, positive. Authors' code: 0.05.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double TargetTemperature { get; init; } = 0.05;

    /// <summary>
    /// Neighbours n that count as much as the positive when the teacher is sure of them. Authors' code: 1 on ImageNet; 5 in its CIFAR-100 example.
    /// </summary>
    [Range(1, 65536)]
    public int Neighbours { get; init; } = 1;

    /// <summary>How neighbours are weighed: adaptive as in the paper, or its variants nearest-by-confidence and nearest.</summary>
    public ASCLWeighting Weighting { get; init; } = ASCLWeighting.Adaptive;

    /// <summary>Share of the teacher kept at each step, a fraction in [0, 1). Authors' code: 0.999 on ImageNet, 0.99 on small images.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.999;

    /// <summary>Width D of the projections. Authors' code: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Width of the heads' hidden layers; 0 takes the backbone's feature width, as MoCo v2. Authors' code on small images: 2048.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }
}
