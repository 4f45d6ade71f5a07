using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>What SimCLR and the methods that change its loss take.</summary>
public abstract record InBatchContrastOptions
{
    /// <summary>Divisor of the cosines, positive. SimCLR, table 5: 0.1 on ImageNet; appendix B.9: 0.5 on CIFAR-10.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Width D of the projections. SimCLR, section 4.2: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Width of the head's hidden layers; 0 takes the backbone's feature width, as SimCLR.</summary>
    [Range(0, 65536)]
    public int HiddenDim { get; init; }

    /// <summary>Linear layers of the head. SimCLR (v1): 2; the authors' code for v2: 3.</summary>
    [Range(1, 8)]
    public int HeadLayers { get; init; } = 2;
}
