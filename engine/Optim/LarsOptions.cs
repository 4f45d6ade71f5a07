using Parallax.Torch.Modules;

namespace Parallax.Engine;

/// <summary>Settings of a group of <see cref="Lars"/>; null means the optimizer's default, and there what is said below. The learning rate is 1e-3 unless set.</summary>
public sealed class LarsOptions : OptimizerOptions
{
    private const double DefaultLearningRate = 1e-3;   // as torch's Adam

    /// <summary>Share of the buffer kept at each step, in [0, 1). Default 0.9.</summary>
    public double? Momentum { get; set; }

    /// <summary>Weight decay, at least 0. Default 0.</summary>
    public double? WeightDecay { get; set; }

    /// <summary>Trust coefficient e: length of the step relative to the parameter. Default 1e-3.</summary>
    public double? TrustCoefficient { get; set; }

    /// <summary>Which arithmetic. Default <see cref="LarsVariant.NormOfDecayedGrad"/>.</summary>
    public LarsVariant? Variant { get; set; }

    /// <summary>Whether parameters of one dimension or none take a plain momentum step without decay. Default: true, false for <see cref="LarsVariant.Larc"/>.</summary>
    public bool? ExcludeVectors { get; set; }

    /// <summary>Whether q is limited to learning rate 1 in total, min(q / rate, 1): the scaling then only shortens steps. Default false.</summary>
    public bool? ClipLearningRate { get; set; }

    internal void FillFrom(LarsOptions defaults)
    {
        LearningRate ??= defaults.LearningRate ?? DefaultLearningRate;
        Momentum ??= defaults.Momentum ?? 0.9;
        WeightDecay ??= defaults.WeightDecay ?? 0;
        TrustCoefficient ??= defaults.TrustCoefficient ?? 1e-3;
        Variant ??= defaults.Variant ?? LarsVariant.NormOfDecayedGrad;
        ExcludeVectors ??= defaults.ExcludeVectors ?? Variant != LarsVariant.Larc;
        ClipLearningRate ??= defaults.ClipLearningRate ?? false;
    }
}
