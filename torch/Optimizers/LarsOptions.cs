namespace Parallax.Torch;

/// <summary>Settings of a group of <see cref="Lars"/>.</summary>
public sealed record LarsOptions : FusedOptimizerOptions
{
    /// <summary>Share of the buffer kept at each step, in [0, 1). Default 0.9.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Trust coefficient e: length of the step relative to the parameter. Default 1e-3.</summary>
    public double TrustCoefficient { get; init; } = 1e-3;

    /// <summary>Which arithmetic. Default <see cref="LarsVariant.NormOfDecayedGrad"/>.</summary>
    public LarsVariant Variant { get; init; } = LarsVariant.NormOfDecayedGrad;

    /// <summary>Whether parameters of at most one dimension take a momentum step without decay. Default null: true, false for
    /// <see cref="LarsVariant.Larc"/>.</summary>
    public bool? ExcludeVectors { get; init; }

    /// <summary>Whether q is limited to learning rate 1 in total, min(q / rate, 1): the scaling then only shortens steps. Default false.</summary>
    public bool ClipLearningRate { get; init; }

    internal bool Excludes(Tensor parameter) => (ExcludeVectors ?? Variant != LarsVariant.Larc) && parameter.dim() <= 1;

    internal bool TakesNormOfSum => Variant is LarsVariant.NormOfDecayedGrad or LarsVariant.ClassicMomentum;

    internal override void RequireValid()
    {
        base.RequireValid();
        RequireShare(Momentum, nameof(Momentum));
        ArgumentOutOfRangeException.ThrowIfNegative(TrustCoefficient, nameof(TrustCoefficient));
    }
}
