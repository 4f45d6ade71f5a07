using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>What projector-only momentum takes on BYOL and on SimCLR.</summary>
public abstract record MomentumScopeOptions
{
    /// <summary>What is averaged: none, projector, last-stage-and-projector or full. Paper: projector.</summary>
    public MomentumScope EmaScope { get; init; } = MomentumScope.Projector;

    /// <summary>Share of the averaged part kept at the first step, a fraction in [0, 1]. Ours: BYOL's 0.99 for runs of a few hundred epochs.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.99;

    /// <summary>Share kept at the last step, reached along half a cosine, a fraction in [0, 1]. BYOL, section 3.3: 1.</summary>
    [Range(0.0, 1.0)]
    public double FinalMomentum { get; init; } = 1;

    /// <summary>Width D of projections and predictions. BYOL, section 3.3: 256; SimCLR: 128.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;

    /// <summary>Width of the heads' hidden layers. BYOL, section 3.3: 4096; SimCLR: the backbone's feature width.</summary>
    [Range(1, 65536)]
    public int HiddenDim { get; init; } = 4096;
}
