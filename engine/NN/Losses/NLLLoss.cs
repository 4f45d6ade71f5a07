namespace Parallax.Torch.Modules;

/// <summary>Negative of the target's log-probability.</summary>
public sealed class NLLLoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    internal NLLLoss(Tensor? weight, Reduction reduction)
        : base(weight, reduction)
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2) => F.nll_loss(input1, input2, weight, reduction);
}
