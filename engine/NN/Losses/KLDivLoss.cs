namespace Parallax.Torch.Modules;

/// <summary>Kullback-Leibler divergence of log-probabilities.</summary>
public sealed class KLDivLoss : Loss<Tensor, Tensor, Tensor>
{
    internal KLDivLoss(bool log_target, Reduction reduction)
        : base(reduction)
    {
        this.log_target = log_target;
    }

    /// <summary>Whether the target is in log space too.</summary>
    public bool log_target { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2) => F.kl_div(input1, input2, log_target, reduction);
}
