namespace Parallax.Torch;

/// <summary>Settings of a group of <see cref="Lamb"/>.</summary>
public sealed record LambOptions : FusedOptimizerOptions
{
    /// <summary>The defaults, with a weight decay of 0.01.</summary>
    public LambOptions() => WeightDecay = 0.01;

    /// <summary>Decay rate of the running mean, in [0, 1). Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay rate of the running mean square, in [0, 1). Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root mean square, at least 0. Default 1e-6.</summary>
    public double Epsilon { get; init; } = 1e-6;

    /// <summary>Whether the gradient enters the mean with the factor 1 - Beta1 instead of 1. Default true.</summary>
    public bool GradientAveraging { get; init; } = true;

    /// <summary>Whether mean and mean square are corrected for their start at 0. Default true.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <summary>Whether groups without weight decay are scaled too. Default false.</summary>
    public bool AlwaysAdapt { get; init; }

    /// <summary>Whether the trust ratio is at most 1. Default false.</summary>
    public bool TrustClip { get; init; }

    internal override void RequireValid()
    {
        base.RequireValid();
        RequireShare(Beta1, nameof(Beta1));
        RequireShare(Beta2, nameof(Beta2));
        ArgumentOutOfRangeException.ThrowIfNegative(Epsilon, nameof(Epsilon));
    }
}
