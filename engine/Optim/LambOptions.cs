using Parallax.Torch.Modules;

namespace Parallax.Engine;

/// <summary>Settings of a group of <see cref="Lamb"/>; null means the optimizer's default, and there what is said below. The learning rate is 1e-3 unless set.</summary>
public sealed class LambOptions : OptimizerOptions
{
    private const double DefaultLearningRate = 1e-3;   // as torch's Adam

    /// <summary>Decay rate of the running mean, in [0, 1). Default 0.9.</summary>
    public double? Beta1 { get; set; }

    /// <summary>Decay rate of the running mean square, in [0, 1). Default 0.999.</summary>
    public double? Beta2 { get; set; }

    /// <summary>Added to the root mean square. Default 1e-6.</summary>
    public double? Epsilon { get; set; }

    /// <summary>Decoupled weight decay, at least 0. Default 0.01.</summary>
    public double? WeightDecay { get; set; }

    /// <summary>Whether the gradient enters the mean with the factor 1 - Beta1 instead of 1. Default true.</summary>
    public bool? GradientAveraging { get; set; }

    /// <summary>Whether mean and mean square are corrected for their start at 0. Default true.</summary>
    public bool? BiasCorrection { get; set; }

    /// <summary>Whether groups without weight decay are scaled too. Default false.</summary>
    public bool? AlwaysAdapt { get; set; }

    /// <summary>Whether the trust ratio is at most 1. Default false.</summary>
    public bool? TrustClip { get; set; }

    internal void FillFrom(LambOptions defaults)
    {
        LearningRate ??= defaults.LearningRate ?? DefaultLearningRate;
        Beta1 ??= defaults.Beta1 ?? 0.9;
        Beta2 ??= defaults.Beta2 ?? 0.999;
        Epsilon ??= defaults.Epsilon ?? 1e-6;
        WeightDecay ??= defaults.WeightDecay ?? 0.01;
        GradientAveraging ??= defaults.GradientAveraging ?? true;
        BiasCorrection ??= defaults.BiasCorrection ?? true;
        AlwaysAdapt ??= defaults.AlwaysAdapt ?? false;
        TrustClip ??= defaults.TrustClip ?? false;
    }
}
