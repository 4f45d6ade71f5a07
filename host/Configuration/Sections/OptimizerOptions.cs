using System.ComponentModel.DataAnnotations;

namespace Parallax.Host.Configuration;

/// <summary>Section <c>optimizer</c>: how gradients become updates.</summary>
public sealed record OptimizerOptions : IValidatableObject
{
    /// <summary>Which rule. He et al., CVPR 2020: sgd.</summary>
    public OptimizerName Name { get; init; } = OptimizerName.Sgd;

    /// <summary>Learning rate at the peak, before <c>scaleLearningRate</c>. He et al., CVPR 2020: 0.03.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double BaseLearningRate { get; init; } = 0.03;

    /// <summary>How the learning rate follows the batch size. He et al., CVPR 2020: their rate is for batches of 256.</summary>
    public LearningRateScaling ScaleLearningRate { get; init; } = LearningRateScaling.Linear;

    /// <summary>Momentum of sgd and lars, a fraction in [0, 1). He et al., CVPR 2020: 0.9.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>Weight decay. He et al., CVPR 2020: 1e-4.</summary>
    [Range(0.0, 10.0)]
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Weight decay at the end of the run, reached from <c>weightDecay</c> along half a cosine, step by step; null keeps it constant, as most papers
    /// do.</summary>
    [Range(0.0, 10.0)]
    public double? WeightDecayEnd { get; init; }

    /// <summary>Decay of the first moment of adam, adamw and lamb, a fraction in [0, 1). Kingma and Ba, 2015: 0.9.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment of adam, adamw and lamb, a fraction in [0, 1). Kingma and Ba, 2015: 0.999.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment in adam, adamw and lamb. Kingma and Ba, 2015: 1e-8.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Eps { get; init; } = 1e-8;

    /// <summary>Whether sgd looks ahead along the momentum (Nesterov). He et al., CVPR 2020: no.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Step of lars in proportion to the norm of the weights. You et al., 2017: 0.001.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double TrustCoefficient { get; init; } = 0.001;

    /// <summary>Which of the arithmetics called LARS. Ours: the one most published code uses.</summary>
    public LarsVariant LarsVariant { get; init; } = LarsVariant.NormOfDecayedGrad;

    /// <summary>Keeps biases and normalisation out of weight decay and of the per-layer scale. He et al., CVPR 2020: no; most uses of lars: yes.</summary>
    public bool ExcludeNormAndBias { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Name == OptimizerName.Sgd && Nesterov && Momentum == 0)
        {
            yield return new(
                "optimizer.nesterov is true, but optimizer.momentum is 0: there is nothing to look ahead along. "
                    + "Give a momentum, such as 0.9, or switch nesterov off.",
                [nameof(Nesterov)]);
        }
    }
}
