using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of SDSSL, section <c>method</c> of a recipe.</summary>
public sealed record SDSSLOptions
{
    /// <summary>What the last layer learns by: simclr, byol or moco-v3.</summary>
    public SDSSLBase Base { get; init; } = SDSSLBase.MocoV3;

    /// <summary>Divisor of the cosines, positive; without effect with byol. Authors' code: 0.2 for simclr and moco-v3.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Share of the teacher kept at the first step, a fraction in [0, 1]; it rises to 1 along half a cosine; without effect with simclr. Authors' code: 0.996.</summary>
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.996;

    /// <summary>Weight of the intermediate layers at the end, not negative; it rises from 0 along half a cosine. Authors' code: 1 for moco-v3, 0.8 for simclr and byol.</summary>
    [Range(0.0, 100.0)]
    public double IntermediateWeight { get; init; } = 1;

    /// <summary>Width D of projections and predictions. Authors' code: 256.</summary>
    [Range(1, 65536)]
    public int ProjectionDim { get; init; } = 256;

    /// <summary>Width of the hidden layers of the last projector and of all predictors, even; the other projectors take half. Authors' code: 4096.</summary>
    [Range(2, 65536)]
    public int HiddenDim { get; init; } = 4096;
}
