namespace Parallax.Torch.Modules;

/// <summary>Settings of a group of <see cref="Adam"/> or <see cref="AdamW"/>; null means the optimizer's default.</summary>
public abstract class AdamOptions : OptimizerOptions
{
    /// <summary>Decay rate of the running mean of the gradient.</summary>
    public double? beta1 { get; set; }

    /// <summary>Decay rate of the running mean of the squared gradient.</summary>
    public double? beta2 { get; set; }

    /// <summary>Added to the root mean square.</summary>
    public double? eps { get; set; }

    /// <summary>Weight decay.</summary>
    public double? weight_decay { get; set; }

    /// <summary>Whether the largest mean square so far divides the step.</summary>
    public bool? amsgrad { get; set; }

    /// <summary>Whether to climb instead of descend.</summary>
    public bool? maximize { get; set; }

    internal (double, double) Betas
    {
        get => (beta1 ?? 0, beta2 ?? 0);
        set => (beta1, beta2) = value;
    }

    internal void FillFrom(AdamOptions defaults)
    {
        LearningRate ??= defaults.LearningRate;
        beta1 ??= defaults.beta1;
        beta2 ??= defaults.beta2;
        eps ??= defaults.eps;
        weight_decay ??= defaults.weight_decay;
        amsgrad ??= defaults.amsgrad;
        maximize ??= defaults.maximize;
    }
}
