using Parallax.Torch.Modules;

namespace Parallax.Engine;

/// <summary>Settings of a group of <see cref="Lars"/>; null means the optimizer's default.</summary>
public sealed class LarsOptions : OptimizerOptions
{
    /// <summary>Share of the buffer kept at each step, in [0, 1).</summary>
    public double? Momentum { get; set; }

    /// <summary>Weight decay, at least 0.</summary>
    public double? WeightDecay { get; set; }

    /// <summary>Trust coefficient e: length of the step relative to the parameter.</summary>
    public double? TrustCoefficient { get; set; }

    /// <summary>Which arithmetic.</summary>
    public LarsVariant? Variant { get; set; }

    /// <summary>Whether parameters of one dimension or none take a plain momentum step without decay. Ignored by <see cref="LarsVariant.Larc"/>.</summary>
    public bool? ExcludeVectors { get; set; }

    /// <summary>Whether q is limited to learning rate 1 in total, min(q / rate, 1): the scaling then only shortens steps.</summary>
    public bool? ClipLearningRate { get; set; }

    internal void FillFrom(LarsOptions defaults)
    {
        LearningRate ??= defaults.LearningRate;
        Momentum ??= defaults.Momentum ?? 0.9;
        WeightDecay ??= defaults.WeightDecay ?? 0;
        TrustCoefficient ??= defaults.TrustCoefficient ?? 1e-3;
        Variant ??= defaults.Variant ?? LarsVariant.NormOfDecayedGrad;
        ExcludeVectors ??= defaults.ExcludeVectors ?? true;
        ClipLearningRate ??= defaults.ClipLearningRate ?? false;
    }
}
