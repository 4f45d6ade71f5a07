namespace Parallax.Torch.Modules;

/// <summary>Cross entropy of probabilities of one class.</summary>
public sealed class BCELoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    internal BCELoss(Tensor? weight, Reduction reduction)
        : base(weight, reduction)
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2) => F.binary_cross_entropy(input1, input2, weight, reduction);
}
