using Parallax.Torch.Modules;

namespace Parallax.Engine;

/// <summary>Settings of a group of <see cref="Lamb"/>; null means the optimizer's default.</summary>
public sealed class LambOptions : OptimizerOptions
{
    /// <summary>Decay rate of the running mean, in [0, 1).</summary>
    public double? Beta1 { get; set; }

    /// <summary>Decay rate of the running mean square, in [0, 1).</summary>
    public double? Beta2 { get; set; }

    /// <summary>Added to the root mean square.</summary>
    public double? Epsilon { get; set; }

    /// <summary>Decoupled weight decay, at least 0.</summary>
    public double? WeightDecay { get; set; }

    /// <summary>Whether the gradient enters the mean with the factor 1 - Beta1 instead of 1.</summary>
    public bool? GradientAveraging { get; set; }

    /// <summary>Whether mean and mean square are corrected for their start at 0.</summary>
    public bool? BiasCorrection { get; set; }

    /// <summary>Whether groups without weight decay are scaled too.</summary>
    public bool? AlwaysAdapt { get; set; }

    /// <summary>Whether the trust ratio is at most 1.</summary>
    public bool? TrustClip { get; set; }

    internal void FillFrom(LambOptions defaults)
    {
        LearningRate ??= defaults.LearningRate;
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
