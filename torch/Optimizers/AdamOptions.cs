namespace Parallax.Torch;

/// <summary>Settings of a group of <see cref="FusedAdam"/> or <see cref="FusedAdamW"/>.</summary>
public sealed record AdamOptions : FusedOptimizerOptions
{
    /// <summary>Decay rate of the running mean of the gradient, in [0, 1). Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay rate of the running mean of the squared gradient, in [0, 1). Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root mean square, at least 0. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Whether the largest mean square so far divides the step. Default false.</summary>
    public bool AmsGrad { get; init; }

    internal override void RequireValid()
    {
        base.RequireValid();
        RequireShare(Beta1, nameof(Beta1));
        RequireShare(Beta2, nameof(Beta2));
        ArgumentOutOfRangeException.ThrowIfNegative(Epsilon, nameof(Epsilon));
    }
}
