using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>What ReLIC and ReLIC v2 share. The authors published no training code: defaults from memory of the papers could not be checked.</summary>
public abstract record ReLICSettings
{
    /// <summary>Divisor of the cosines, positive. From memory of the second paper: 0.3.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.3;

    /// <summary>
    /// Which way the divergence goes between two distributions: first-to-second (default, the order of the first paper's objective; the first is that of the
    /// online embedding in ReLIC v2), second-to-first, or symmetric.
    /// </summary>
    public ReLICInvariance Invariance { get; init; } = ReLICInvariance.FirstToSecond;

    /// <summary>Share of the momentum encoder kept at the first step, a fraction in [0, 1). From memory of the papers: 0.996.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.996;

    /// <summary>The same at the end, reached along a cosine, a fraction in [0, 1]. BYOL: 1.</summary>
    [Range(0.0, 1.0)]
    public double FinalMomentum { get; init; } = 1;

    /// <summary>Linear layers of the critic. From memory of the first paper: 4.</summary>
    [Range(1, 8)]
    public int HeadLayers { get; init; } = 4;

    /// <summary>
    /// Width of the critic's first layer; each further hidden layer is half as wide. From memory of the first paper: 4096, 2048, 1024, then the output.
    /// </summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;

    /// <summary>Width D of the embeddings. From memory of the first paper: 512.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 512;
}
