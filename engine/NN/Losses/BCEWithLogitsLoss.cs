namespace Parallax.Torch.Modules;

/// <summary>Cross entropy of logits of one class.</summary>
public sealed class BCEWithLogitsLoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    internal BCEWithLogitsLoss(Tensor? weight, Reduction reduction, Tensor? pos_weights)
        : base(weight, reduction)
    {
        if (pos_weights is not null)
        {
            register_buffer("pos_weight", pos_weights);
        }
    }

    /// <summary>Weight of positive targets, or null.</summary>
    public Tensor? pos_weights => get_buffer("pos_weight");

    /// <inheritdoc/>
    public override Tensor forward(Tensor input1, Tensor input2) =>
        F.binary_cross_entropy_with_logits(input1, input2, weight, reduction, pos_weights);
}
