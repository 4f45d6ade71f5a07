using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>What SDSSL takes on SimCLR, BYOL and MoCo v3.</summary>
public abstract record SelfDistillationOptions
{
    /// <summary>
    /// Weight of the intermediate layers at the end, not negative; it rises from 0 along half a cosine. Authors' code: 1 on MoCo v3, 0.8 on SimCLR and BYOL.
    /// </summary>
    [Range(0.0, 100.0)]
    public double IntermediateWeight { get; init; } = 1;

    /// <summary>Width D of projections and predictions. Authors' code: 256.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;

    /// <summary>Width of the hidden layers of the last projector and of all predictors, even; the other projectors take half. Authors' code: 4096.</summary>
    [Range(2, 65536)]
    public int HiddenDim { get; init; } = 4096;
}
